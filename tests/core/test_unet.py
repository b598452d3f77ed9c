"""The detector's network: shapes, folding, tiling by its stride."""

import pytest
import torch

from core.models.unet import UNet, fold_batch_norms


def trained_looking(net: UNet) -> UNet:
    """Statistics and gains as after some training, so that folding has something to do."""
    generator = torch.Generator().manual_seed(3)
    for name, buffer in net.state_dict().items():
        if name.endswith("running_mean"):
            buffer.copy_(torch.randn(buffer.shape, generator=generator) * 0.2)
        elif name.endswith(("running_var", "norm.weight")):
            buffer.copy_(torch.rand(buffer.shape, generator=generator) + 0.5)
    return net.eval()


@pytest.mark.parametrize("levels", [1, 3, 5])
def test_logits_have_the_size_of_the_photo(levels: int) -> None:
    net = UNet(3, 8, levels).eval()
    side = 2 * net.stride
    with torch.inference_mode():
        assert net(torch.rand(2, 3, side, 2 * side)).shape == (2, 1, side, 2 * side)
    assert net.stride == 2 * 2**levels


def test_folding_changes_nothing() -> None:
    net = trained_looking(UNet(3, 8, 3))
    folded = fold_batch_norms(net)
    x = torch.rand(1, 3, 64, 96)
    with torch.inference_mode():
        torch.testing.assert_close(folded(x), net(x), atol=1e-4, rtol=1e-4)
    assert not any("norm" in name for name in folded.state_dict())
    again = fold_batch_norms(folded)
    with torch.inference_mode():
        torch.testing.assert_close(again(x), folded(x))


def test_what_is_where_counts_at_the_coarser_levels_once_it_is_learned() -> None:
    torch.manual_seed(3)
    net, plain = UNet(3, 8, 5, context=1).eval(), UNet(3, 8, 5).eval()
    plain.load_state_dict({name: value for name, value in net.state_dict().items() if not name.startswith("context.")})
    x = torch.rand(1, 3, 128, 64)
    with torch.inference_mode():
        before = net(x)
        torch.testing.assert_close(before, plain(x))  # a new one adds nothing
        assert net.context is not None
        for convolution in net.context.across:
            torch.nn.init.normal_(convolution.weight)
        assert not torch.equal(net(x), before)
        torch.testing.assert_close(fold_batch_norms(net)(x), net(x), atol=1e-4, rtol=1e-4)


def test_a_new_network_expects_little_damage() -> None:
    with torch.inference_mode():
        p = torch.sigmoid(UNet(3, 8, 3).eval()(torch.rand(1, 3, 64, 64)))
    assert 0.005 < float(p.mean()) < 0.1


def test_shifting_by_the_stride_shifts_the_answer() -> None:
    net = trained_looking(UNet(3, 8, 2))
    x = torch.rand(1, 3, 160, 160)
    with torch.inference_mode():
        whole, part = net(x), net(x[..., net.stride :, net.stride :])
    # away from the borders, further than the field of view
    torch.testing.assert_close(whole[..., 88:112, 88:112], part[..., 80:104, 80:104], atol=1e-4, rtol=1e-3)
