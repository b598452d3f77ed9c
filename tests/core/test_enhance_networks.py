"""The networks of Enhance: what they are before training, and what is made of their answers."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from core import enhance
from core.color import View
from core.models import tone_network, vae
from core.models.card import read_card
from core.models.chroma import quiet_chroma
from core.models.enhance_networks import detail_of, gains
from core.models.enhancing import Route
from core.models.mask_vae import MaskVae, mask_detector
from core.models.registry import Registry
from core.models.tone_network import Grading, ToneNet, graded, grading_of
from core.models.vae import DOMAINS, FullVae, SimpleVae, divergence, folded
from core.photo import Box, Photo
from core.progress import silent
from core.tools import ENHANCE, defaults
from core.training import export_enhance, restorer, study, vaes
from core.training.export import export_full_vae, load_start
from core.training.textures import blurred, white


def view(h: int = 64, w: int = 96, channels: int = 3) -> View:
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    picture = np.dstack([0.5 + 0.3 * np.sin(x / 9), 0.5 + 0.3 * np.cos(y / 7), 0.5 + 0.2 * np.sin((x + y) / 15)])
    return np.ascontiguousarray(picture[..., :channels])


@pytest.mark.parametrize("channels", [1, 3])
def test_a_new_tone_network_changes_nothing(channels: int) -> None:
    seen = view(channels=channels)
    changed = grading_of(ToneNet().eval(), seen).applied(seen, Box(0, 0, 96, 64), 64, 96)
    assert changed.shape == seen.shape and np.abs(changed - seen).max() < 1e-5


def test_training_and_running_grade_alike() -> None:
    torch.manual_seed(1)
    net = ToneNet()
    torch.nn.init.normal_(net.answer.weight, std=0.02)
    seen = view()
    x = torch.from_numpy(seen).permute(2, 0, 1)[None]
    with torch.no_grad():
        curves, matrix = net(x)
        ours = graded(x, curves, matrix)[0].permute(1, 2, 0).clamp(0, 1).numpy()
    theirs = grading_of(net.eval(), seen).applied(seen, Box(0, 0, 96, 64), 64, 96)
    assert (curves.diff(dim=2) > 0).all()
    assert np.abs(ours - theirs).max() < 1e-5


def test_what_lies_beyond_white_keeps_its_distance() -> None:
    steps = np.linspace(0, 0.5, tone_network.SEGMENTS + 1, dtype=np.float32)
    half = Grading(np.stack([steps] * 3), np.eye(3, dtype=np.float32))
    bright = np.full((2, 2, 3), 1.25, np.float32)
    assert np.allclose(half.applied(bright, Box(0, 0, 2, 2), 2, 2), 0.75)


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (17, 5)])
def test_photos_of_any_size_have_tones(size: tuple[int, int]) -> None:
    seen = view(*size)
    assert grading_of(ToneNet().eval(), seen).applied(seen, Box(0, 0, *size[::-1]), *size).shape == seen.shape


def test_the_divergence_is_that_of_the_unit_gaussian() -> None:
    mean, log_var = torch.randn(5, 7), torch.randn(5, 7)
    theirs = torch.distributions.kl_divergence(
        torch.distributions.Normal(mean, (0.5 * log_var).exp()), torch.distributions.Normal(0.0, 1.0)
    )
    assert torch.allclose(divergence(mean, log_var), theirs, atol=1e-5)


def test_free_bits_cost_nothing_and_pull_nothing() -> None:
    mean = torch.full((4, 3), 0.01, requires_grad=True)
    bounded = vaes.bounded_divergence(mean, torch.zeros(4, 3), 0.1)
    bounded.backward()
    assert bounded.item() == pytest.approx(0.3) and not mean.grad.any()


def test_folding_changes_nothing() -> None:
    torch.manual_seed(2)
    net = FullVae(size=6, width=8, blocks=2, across=2)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 1.5)
            torch.nn.init.normal_(module.bias, 0, 0.2)
    x = torch.rand(1, 3, 32, 48)
    for route in (("x", "r"), ("y", "r"), ("r", "r"), ("x", "x")):
        with torch.no_grad():
            one, two = (of.eval().translated(x, *route) for of in (net, folded(net)))
        assert one.shape == x.shape and torch.allclose(one, two, atol=1e-5)


def test_the_full_one_draws_the_picture_before_it_has_learned_anything() -> None:
    photo = torch.from_numpy(np.ascontiguousarray(view(64, 96).transpose(2, 0, 1)))[None]
    drawn = FullVae(size=24).eval().translated(photo, "x", "r")
    assert (drawn - photo).abs().mean() < 0.03


def test_domains_have_networks_of_their_own() -> None:
    net = SimpleVae(8)
    weights = [net.encoders[domain].mean.weight for domain in DOMAINS]
    assert len({weight.data_ptr() for weight in weights}) == 3
    assert net.translated(torch.rand(1, 3, vae.SIDE, vae.SIDE), "x", "y").shape == (1, 3, vae.SIDE, vae.SIDE)


def noisy(seed: int = 0) -> tuple[View, NDArray[np.float32]]:
    noise = 0.04 * white(np.random.default_rng(seed), 64, 96)[..., None].repeat(3, 2)
    return np.clip(view() + noise, 0, 1).astype(np.float32), noise


def test_a_picture_with_other_tones_alone_has_no_other_detail() -> None:
    seen = view()
    detail = detail_of(seen, (0.1 + 0.7 * seen).astype(np.float32))
    assert np.abs(detail.noise).max() < 0.03 and np.abs(detail.sharpness).max() < 0.03


def test_a_quiet_picture_takes_the_noise_away_at_the_photos_own_tones() -> None:
    seen, _noise = noisy()
    detail = detail_of(seen, (0.1 + 0.7 * view()).astype(np.float32))
    left = seen + detail.noise + detail.sharpness - view()
    assert left.std() < 0.35 * (seen - view()).std()
    assert detail.noise.std() > 3 * detail.sharpness.std()


def test_a_sharper_picture_is_sharpness() -> None:
    columns = np.arange(96, dtype=np.int64) // 12 % 2
    sharp = np.broadcast_to((0.3 + 0.4 * columns)[None, :, None], (64, 96, 3)).astype(np.float32)
    detail = detail_of(blurred(sharp, 1.2), sharp)
    assert detail.sharpness.std() > 2 * detail.noise.std()


def test_noise_of_colour_goes_and_colour_stays() -> None:
    clean = view(120, 160)
    coloured = 0.05 * np.random.default_rng(3).standard_normal(clean.shape).astype(np.float32)
    noisy_one = clean + coloured - coloured.mean(2, keepdims=True)
    assert np.abs(quiet_chroma(noisy_one) - clean).mean() < 0.5 * np.abs(noisy_one - clean).mean()
    assert np.abs(quiet_chroma(clean) - clean).max() < 2e-3
    grey = np.repeat(noisy()[0][..., :1], 3, 2)
    assert np.abs(quiet_chroma(grey) - grey).max() < 1e-5


def test_gains_carry_the_tones_of_one_picture_to_another() -> None:
    seen = view(160, 240)
    wanted = (0.15 + 0.6 * seen).astype(np.float32)
    carried = gains(seen, wanted).applied(seen, Box(0, 0, 240, 160), 160, 240)
    assert np.abs(carried - wanted).mean() < 0.01


@pytest.mark.parametrize("size", [(256, 256), (40, 250), (1, 1)])
def test_the_mask_generator_answers_for_tiles_of_any_size(size: tuple[int, int]) -> None:
    answer = mask_detector(MaskVae(8))(view(*size))
    assert answer.shape == size and ((answer >= 0) & (answer <= 1)).all()


def checkpoint(net: torch.nn.Module, path: Path) -> Path:
    settings = {"minutes": 1.0}
    progress = {"seconds": 60.0, "step": 1, "crops": 1, "resumes": 0}
    torch.save({"average": net.state_dict(), "settings": settings, "progress": progress}, path)
    return path


@pytest.mark.parametrize("name", ["default", "vae-full", "vae-simple"])
def test_what_is_exported_runs(name: str, tmp_path: Path) -> None:
    if name == "default":
        detail = checkpoint(restorer.build_detail(restorer.DetailSettings(width=8, levels=2)), tmp_path / "d.pt")
        export_enhance.export_default(detail, checkpoint(ToneNet(), tmp_path / "t.pt"), tmp_path)
    elif name == "vae-full":
        sizes = vaes.FullSettings()
        net = FullVae(sizes.size, sizes.width, sizes.blocks, sizes.across)
        export_enhance.export_full(checkpoint(net, tmp_path / "v.pt"), tmp_path)
    else:
        export_enhance.export_simple(checkpoint(SimpleVae(), tmp_path / "v.pt"), tmp_path)
    models = Registry([tmp_path])
    assert not models.problems
    for channels in (1, 3):
        photo = Photo(np.rint(view(60, 84, channels) * 65535).astype(np.uint16))
        values = {**defaults(ENHANCE), "model": name, "noise": 2.0, "fading": 2.0}
        done = enhance.run(photo, values, models, silent)
        assert done.samples.shape == photo.samples.shape and done.samples.dtype == np.uint16
    if name != "default":
        raw = enhance.run(photo, {**values, "raw": True, "decoder": "y"}, models, silent)
        assert raw.done == {"picture"}
        assert models.load("enhance", name).picture(view(64, 96), Route("r", "r")).shape == (64, 96, 3)


def test_the_default_is_exported_again_with_the_tones_that_it_has(tmp_path: Path) -> None:
    tone = ToneNet()
    torch.nn.init.normal_(tone.answer.weight)
    sizes = restorer.DetailSettings(width=8, levels=2)
    first = checkpoint(restorer.build_detail(sizes), tmp_path / "first.pt")
    old = export_enhance.export_default(first, checkpoint(tone, tmp_path / "tone.pt"), tmp_path).with_suffix(
        ".safetensors"
    )
    later = load_start(old)
    torch.nn.init.normal_(later.head.weight)
    (tmp_path / "new").mkdir()
    new = export_enhance.export_default(checkpoint(later, tmp_path / "later.pt"), old, tmp_path / "new")
    before, after = load_file(old), load_file(new.with_suffix(".safetensors"))
    assert before.keys() == after.keys()
    for name in before:
        assert torch.equal(before[name], after[name]) == (name != "detail.head.weight"), name
    recipes = [read_card(path.with_suffix(".toml")).training["recipe"] for path in (old, new)]
    assert recipes[0] == recipes[1] and recipes[0].endswith("train tone --photos PHOTOS --out RUN --minutes 1")


def test_a_run_goes_on_with_exported_weights_as_the_same_function(tmp_path: Path) -> None:
    settings = vaes.FullSettings(size=6, width=8, blocks=1, across=1, side=32, crops=3, own=1)
    torch.manual_seed(1)
    net = FullVae(settings.size, settings.width, settings.blocks, settings.across)
    torch.nn.init.normal_(net.translation.change.weight, std=0.1)
    torch.nn.init.normal_(net.decoders["r"].head.weight, std=0.1)  # type: ignore[union-attr, arg-type]
    export_full_vae(checkpoint(net, tmp_path / "v.pt"), tmp_path / "v.safetensors")
    exported = FullVae(settings.size, settings.width, settings.blocks, settings.across, folded=True)
    exported.load_state_dict({name: value.float() for name, value in load_file(tmp_path / "v.safetensors").items()})
    rng = np.random.default_rng(0)
    pictures = [rng.integers(0, 255, (60, 70, 3)).astype(np.uint8) for _ in range(2)]
    again = vaes.went_on(tmp_path / "v.safetensors", vaes.Domains(pictures, pictures), settings, batches=2).eval()
    x = torch.rand(2, 3, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(again.translated(x, "x", "r"), exported.translated(x, "x", "r"), atol=1e-5, rtol=0)
    norms = [module for module in again.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    assert norms and not any(torch.equal(norm.running_mean, torch.zeros_like(norm.running_mean)) for norm in norms)


def test_losses_fall_on_one_batch() -> None:
    rng = np.random.default_rng(0)
    triples = torch.from_numpy(rng.integers(0, 255, (2, 9, 32, 32), np.uint8))
    torch.manual_seed(0)
    net = FullVae(size=6, width=8, blocks=1, across=1)
    settings = vaes.FullSettings(own=1)
    optimizer = torch.optim.Adam(net.parameters(), 3e-3)
    losses = []
    for _ in range(12):
        loss = vaes.full_loss(net, triples, settings, 0.5)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]


def test_the_study_notes_every_step(tmp_path: Path) -> None:
    photos = torch.randint(0, 255, (40, 9, vae.SIDE, vae.SIDE), dtype=torch.uint8)
    of = study.Configuration("Adam", 1, torch.optim.Adam, 1e-3)
    curves = study.run(of, photos)
    assert len(curves.total) == len(curves.divergence) == 2
    assert curves.total[0] == pytest.approx(curves.reconstruction[0] + curves.divergence[0], abs=1e-3)
