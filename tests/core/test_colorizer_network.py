"""The default colorizer's network: its grid of colours, its training, and how it is asked at run time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from core.lab import chroma_of
from core.models import colorizer_network
from core.models.colorizer_network import FINEST, GRID_A, GRID_B, REACHES, SCALE, ColorNet, expected, grid, hints_around
from core.models.colorizer_runtime import known_at
from core.models.colorizing import Hints
from core.models.lite_encoder import CHANNELS
from core.models.registry import Registry
from core.training import colorizer
from core.training.export_colorizer import export_colorizer, write_colorizer


def checkpoint_of(net: ColorNet, folder: Path) -> Path:
    """As a run of a minute would leave it."""
    progress = {"seconds": 60.0, "step": 1, "crops": 1, "resumes": 0}
    checkpoint = folder / "state.pt"
    torch.save({"average": net.state_dict(), "settings": {"minutes": 1.0}, "progress": progress}, checkpoint)
    return checkpoint


@pytest.fixture(scope="module")
def net() -> ColorNet:
    torch.manual_seed(0)
    return colorizer.build_colorizer()


def test_the_encoder_is_the_published_one_and_stays(net: ColorNet) -> None:
    features = net.encoder.eval()(torch.rand(1, 3, 64, 96))
    assert [one.shape[1] for one in features] == list(CHANNELS)
    assert [one.shape[2:] for one in features] == [(64 // s, 96 // s) for s in (2, 4, 8, 16, 32)]
    assert all(0.5 < one.std() < 30 for one in features)  # the published BatchNorm is in them: neither dead nor wild
    assert not any(weight.requires_grad for weight in net.encoder.parameters())


@pytest.mark.parametrize("colour", [(0.0, 0.0), (20.0, -30.0), (33.0, 47.5), (-79.0, 12.0)])
def test_the_best_distribution_has_the_true_colour_as_its_mean(colour: tuple[float, float]) -> None:
    truth = torch.tensor(colour)[None, :, None, None]
    logits = torch.zeros(1, GRID_A[1] * GRID_B[1], 1, 1, requires_grad=True)
    optimizer = torch.optim.Adam([logits], 0.5)
    for _ in range(250):
        loss = colorizer.soft_entropy(logits, truth).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert expected(logits.detach())[0, :2, 0, 0].tolist() == pytest.approx(colour, abs=1)


def test_even_chances_have_no_colour() -> None:
    a, b, colourful = expected(torch.zeros(1, len(grid()), 1, 1))[0, :, 0, 0].tolist()
    assert abs(a) <= 5 and abs(b) <= 5 and colourful > 40


def test_photos_come_with_their_colours_and_hints() -> None:
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 255, (80, 100, 3), np.uint8)
    batches = iter(colorizer.GreyPhotos([photo], 64, 8, 3))
    hinted = 0
    for _ in range(4):
        seen, truth = next(batches)
        assert seen.shape == (8, 4, 64, 64) and seen.dtype == torch.float32
        assert truth.shape == (8, 2, 16, 16)
        assert seen[:, 0].min() >= 0 and seen[:, 0].max() <= 1
        given = seen[:, 3]
        assert not seen[:, 1:3][:, :, :, :].masked_select(given[:, None] == 0).any()
        hinted += int((given.flatten(1).sum(1) > 0).sum())
    assert 8 < hinted < 32


def test_recolouring_turns_and_keeps_greys() -> None:
    colours = chroma_of(np.array([[[0.5, 0.5, 0.5], [0.8, 0.3, 0.3]]], np.float32))
    turned = colorizer.recoloured(np.random.default_rng(1), colours)
    assert np.abs(turned[0, 0]).max() < 0.5
    ratio = np.hypot(*turned[0, 1]) / np.hypot(*colours[0, 1])
    assert 0.6 <= ratio <= 1.4 and np.abs(turned[0, 1] - colours[0, 1]).max() > 1


def halves_with_a_hint() -> tuple[torch.Tensor, torch.Tensor]:
    """Dark on the left and bright on the right; a hint of one place, a* of 30 and b* of -20, on the left."""
    lightness = torch.full((1, 1, 64, 64), 0.3)
    lightness[..., 32:] = 0.8
    hints = torch.zeros(1, 3, 64, 64)
    hints[0, :, 8:12, 8:12] = torch.tensor([0.3, -0.2, 1.0])[:, None, None]
    return lightness, hints


def test_hints_are_spread_over_what_is_near_and_alike() -> None:
    near, far, unlike = (3, 3), (10, 7), (2, 9)
    around = hints_around(*halves_with_a_hint())[0]
    assert around.shape == (len(REACHES), 3, 64 // FINEST, 64 // FINEST)
    for a, b, known in around:
        assert known[2, 2] > 0.9 and (a[2, 2] / known[2, 2], b[2, 2] / known[2, 2]) == pytest.approx((0.3, -0.2))
        assert known[2, 2] > known[near] > known[far] and known[near] > known[unlike]
        assert known[unlike] < 0.01 and a[unlike].abs() < 0.01
    wide, narrow = around[:, 2]
    assert wide[far] > 0.1 > narrow[far]


def test_hints_are_spread_the_same_in_any_number_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    lightness, hints = torch.rand(2, 1, 32, 32), torch.rand(2, 3, 32, 32)
    hints[:, 2:] = hints[:, 2:].round()
    together = hints_around(lightness, hints)
    monkeypatch.setattr(colorizer_network, "AT_ONCE", 5)
    assert torch.allclose(together, hints_around(lightness, hints), atol=1e-6)
    assert not hints_around(lightness, torch.zeros(2, 3, 32, 32)).any()


def test_a_network_that_knows_nothing_believes_the_hints_around() -> None:
    lightness, hints = halves_with_a_hint()
    net = colorizer.build_colorizer().eval()
    with torch.no_grad():
        hinted, alone = (expected(net(lightness, of))[0] for of in (hints, 0 * hints))
    assert hinted[:2, 2, 2].tolist() == pytest.approx([30, -20], abs=4)
    assert (hinted[:, 2, 9] - alone[:, 2, 9]).abs().max() < 1 < (hinted[:, 3, 3] - alone[:, 3, 3]).abs().max()


def test_a_run_goes_on_from_exported_weights(net: ColorNet, tmp_path: Path) -> None:
    torch.nn.init.normal_(net.head.weight, 0, 0.3)
    write_colorizer(checkpoint_of(net, tmp_path), tmp_path / "weights.safetensors")
    photos = [np.random.default_rng(0).integers(0, 255, (80, 100, 3), np.uint8)]
    again = colorizer.went_on(tmp_path / "weights.safetensors", photos, colorizer.ColorizerSettings(late_side=64))
    assert set(again.state_dict()) == set(net.state_dict())
    assert not any(weight.requires_grad for weight in again.encoder.parameters())
    seen = torch.rand(1, 4, 64, 64)
    with torch.no_grad():
        one, other = (expected(of.eval()(seen[:, :1], seen[:, 1:])) for of in (net, again))
    assert (one - other).abs().max() < 0.2 < (one - one.mean((2, 3), keepdim=True)).abs().max()


def test_the_loss_falls(net: ColorNet) -> None:
    torch.manual_seed(0)
    seen, truth = torch.rand(2, 4, 32, 32), torch.full((2, 2, 8, 8), 25.0)
    sizes = colorizer.ColorizerSettings()
    optimizer = torch.optim.Adam([w for w in net.train().parameters() if w.requires_grad], 1e-3)
    losses = []
    for _ in range(8):
        loss = colorizer.loss_of_colours(net, seen, truth, sizes)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.8 * losses[0]


def test_a_hint_smaller_than_a_pixel_is_left_whole() -> None:
    ab, given = np.zeros((40, 60, 2), np.float32), np.zeros((40, 60), np.float32)
    ab[21, 33], given[21, 33] = (30, -20), 1
    small = known_at(0.25, np.full((40, 60), 0.5, np.float32), Hints(ab, given))
    assert small.shape == (10, 15, 4)
    assert small[5, 8] == pytest.approx([0.5, 30 / SCALE, -20 / SCALE, 1]) and small[..., 3].sum() == 1
    assert not known_at(0.25, np.full((40, 60), 0.5, np.float32), None)[..., 1:].any()


def test_what_is_exported_runs_at_any_size_and_knows_no_left_and_right(net: ColorNet, tmp_path: Path) -> None:
    torch.nn.init.normal_(net.head.weight, 0, 0.3)
    export_colorizer(checkpoint_of(net, tmp_path), tmp_path)
    models = Registry([tmp_path])
    assert not models.problems
    seen = models.load("colorize", "default").seen
    rng = np.random.default_rng(0)
    for size in ((64, 96), (33, 70), (1, 1), (7, 300)):
        lightness = rng.random(size, np.float32)
        found = seen(lightness, None, 0)
        assert found.ab.shape == (*size, 2) and found.sure.shape == size
        assert np.isfinite(found.ab).all() and found.sure.min() >= 0 and found.sure.max() <= 1
    lightness = rng.random((64, 96), np.float32)
    one, other = seen(lightness, None, 0).ab, seen(np.ascontiguousarray(lightness[:, ::-1]), None, 0).ab
    assert np.abs(one - other[:, ::-1]).max() < 0.05
