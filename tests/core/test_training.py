"""The damage generator, the training loop and the figures, on invented photos; no file from outside is needed."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from core.models.card import read_card
from core.models.unet import UNet
from core.training import export, look, lookalikes
from core.training.canvas import Canvas, visible_change
from core.training.cut import choose_cut
from core.training.damage import KINDS, Generator, batch, damage
from core.training.detector import Crops, DetectorSettings, as_shipped, build, detection_loss, went_on
from core.training.found import Found, Outline
from core.training.lifted import LEAST, lift, lifted
from core.training.marked import DAMAGED, PRESUMED, SOUND, UNKNOWN, Marked
from core.training.measures import calibration, marked_shares, tally, threshold_for
from core.training.photos import split, stable
from core.training.pretrained import published
from core.training.textures import Bytes, Field, cloud, grain, octaves
from core.training.train import TrainSettings, train


def photo(h: int = 220, w: int = 300) -> Bytes:
    y, x = np.mgrid[0:h, 0:w]
    flat = 110 + 60 * np.sin(x / 31) + 30 * np.cos(y / 17)
    return np.clip(np.dstack([flat, flat * 0.9, flat * 0.8]), 0, 255).astype(np.uint8)


def torn_photo() -> Marked:
    """A photo of its own with white scratches and a dark spot, all marked."""
    image, labels = photo(240, 320), np.full((240, 320), PRESUMED, np.uint8)
    for x in range(40, 320, 60):
        for plane, value in ((image, (255, 255, 255)), (labels, DAMAGED)):
            cv2.line(plane, (x, 10), (x - 20, 220), value, 3)
    for plane, value in ((image, (0, 0, 0)), (labels, DAMAGED)):
        cv2.circle(plane, (180, 120), 12, value, -1)
    return Marked("torn", image, labels)


@pytest.fixture(scope="module")
def real() -> Found:
    rng = np.random.default_rng(0)
    sprite = np.zeros((60, 80), np.uint8)
    cv2.line(sprite, (5, 5), (70, 50), 255, 2)
    shapes = [Outline("Dust", (np.array([[0, 0], [9, 1], [5, 8]]) + rng.uniform(0, 900, 2)).astype(np.float32))
              for _ in range(200)]  # fmt: skip
    signed = np.zeros((200, 240), np.float32)
    signed[50:54, 60:66], signed[100:103, 20:28] = 0.5, -0.5
    return Found(
        sprites={"hair_000": sprite, "spots_000": sprite, "stain_000": sprite},
        scans={"scan_01": (shapes, np.stack([s.points.mean(0) for s in shapes]))},
        dust=[signed],
        overlays=[cv2.resize(sprite, (300, 260))],
        stains=[np.float32(1) - np.asarray(cv2.GaussianBlur(sprite, (0, 0), 5), np.float32) / 255],
        crumples=[np.clip(0.5 + 0.3 * octaves(rng, 300, 300, 60), 0, 1).astype(np.float32)],
        papers=[grain(rng, 64, 64, 1.0)],
        lifted=lift([torn_photo()]),
    )


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_damages_what_its_mask_says(kind: str, real: Found) -> None:
    marked = 0
    for seed in range(6):
        made = damage(np.random.default_rng(seed), photo(), real, [kind], 1.0 + seed / 3)
        assert made.image.shape == (220, 300, 3) and made.image.dtype == np.uint8
        assert made.mask.shape == (220, 300) and set(np.unique(made.mask)) <= {0, 1}
        assert made.mask.mean() < 0.75
        marked += int(made.mask.sum())
    assert marked > 0


def test_damage_is_lifted_where_it_was_marked_and_laid_on_elsewhere() -> None:
    sound = Marked("sound", photo(), np.full((220, 300), PRESUMED, np.uint8))
    speck = Marked("speck", photo(), np.where(np.arange(66000).reshape(220, 300) < LEAST - 1, DAMAGED, SOUND))
    (one,) = lift([sound, speck, torn_photo()])
    marks = torn_photo().labels == DAMAGED
    near = cv2.dilate(marks.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert not one.opacity[~near].any() and (one.opacity[marks] > 200).mean() > 0.9 and len(one.spots) == 6
    unhurt = photo(240, 320).astype(int)
    assert np.abs(one.repaired.astype(int) - unhurt)[marks].mean() < 6 < np.abs(one.damaged - unhurt)[marks].mean()
    changed = []
    for seed in range(20):
        canvas = Canvas(np.full((200, 200, 3), 0.5, np.float32))
        lifted(canvas, np.random.default_rng(seed), [one])
        change = np.abs(canvas.image - 0.5).max(2)
        assert not (change[canvas.opacity == 0] > 0.02).any()
        changed.append((change > 0.1).mean())
    assert np.median(changed) > 0.005 and max(changed) < 0.4


@pytest.mark.parametrize("make", [lookalikes.writing, lookalikes.lattice])
def test_lookalikes_cover_a_part_in_fine_lines(make: Callable[[np.random.Generator, int, int], Field]) -> None:
    covers = [make(np.random.default_rng(seed), 200, 260) for seed in range(30)]
    assert all(c.shape == (200, 260) and c.dtype == np.float32 and c.min() >= 0 and c.max() <= 1 for c in covers)
    shares = np.array([(c > 0.25).mean() for c in covers])
    assert np.median(shares) > 0.003 and shares.max() < 0.7


def test_a_lookalike_is_no_damage(real: Found, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.training.damage.LOOKALIKES", 1.0)
    generator = Generator([photo()], real, undamaged=1.0)
    crops = [generator.crop(np.random.default_rng(seed), 128) for seed in range(10)]
    assert not any(mask.any() for _image, mask in crops)
    drawn = [lookalikes.drawn_on(np.random.default_rng(seed), photo()) for seed in range(10)]
    assert all(one.shape == photo().shape and one.dtype == np.uint8 for one in drawn)
    assert sum(not np.array_equal(one, photo()) for one in drawn) >= 8


def test_sound_photos_have_an_empty_mask(real: Found) -> None:
    for seed in range(8):
        assert not damage(np.random.default_rng(seed), photo(), real, [], 1.0).mask.any()


def test_the_same_seed_makes_the_same_damage(real: Found) -> None:
    one, two = (damage(np.random.default_rng(5), photo(), real, ["scratches", "dust"], 1.0) for _ in range(2))
    assert np.array_equal(one.image, two.image) and np.array_equal(one.mask, two.mask)


def test_what_cannot_be_seen_is_not_masked() -> None:
    clean = np.full((64, 64, 3), 0.5, np.float32)
    canvas = Canvas(clean)
    strip = np.zeros((64, 64), np.float32)
    strip[20:24] = 1
    canvas.paint(strip, np.full(3, 0.52, np.float32))
    assert not visible_change(clean, canvas.image, canvas.opacity, canvas.visible).any()
    canvas.paint(strip, np.full(3, 0.9, np.float32))
    mask = visible_change(clean, canvas.image, canvas.opacity, canvas.visible)
    assert np.array_equal(mask > 0, strip > 0)


@pytest.mark.parametrize("at", [(-30, -30), (50, 60), (500, 500)])
def test_painting_over_the_border_is_cut(at: tuple[int, int]) -> None:
    canvas = Canvas(np.zeros((64, 64, 3), np.float32))
    canvas.paint(np.ones((40, 40), np.float32), np.ones(3, np.float32), at)
    assert canvas.image.max() <= 1


def test_grey_looks_are_grey(real: Found) -> None:
    rng = np.random.default_rng(1)
    style = look.Look("grey", True, 1.0, 0.02, 0.5)
    scan = look.after(rng, look.before(rng, np.asarray(photo(), np.float32) / 255, style, real.papers), style)
    assert np.ptp(scan.astype(int), axis=2).max() == 0


@pytest.mark.parametrize("shape", [(300, 300), (100, 140), (1000, 300)])
def test_cuts_have_the_size_asked_for(shape: tuple[int, int]) -> None:
    for seed in range(10):
        cut = choose_cut(np.random.default_rng(seed), photo(*shape), 128, seed % 2 == 0)
        assert cut.picture(photo(*shape)).shape == (128, 128, 3)
        assert cut.labels(np.zeros(shape, np.uint8)).shape == (128, 128)


def test_labels_are_cut_like_their_photo() -> None:
    labels = np.full((300, 400), PRESUMED, np.uint8)
    labels[100:140, 50:350], labels[200:260, 100:300] = DAMAGED, UNKNOWN
    shown = np.repeat(np.array([0, 255, 80, 160], np.uint8)[labels][..., None], 3, 2)
    for seed in range(20):
        cut = choose_cut(np.random.default_rng(seed), shown, 128, False)
        seen, cut_labels = cut.picture(shown)[..., 0], cut.labels(labels)
        for label, grey in ((DAMAGED, 255), (PRESUMED, 80), (UNKNOWN, 160)):
            inside = cv2.erode((np.abs(seen.astype(int) - grey) < 3).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
            assert (cut_labels[inside] == label).all()


def test_crops_of_old_photographs_keep_their_labels(real: Found) -> None:
    labels = np.full((260, 260), PRESUMED, np.uint8)
    labels[:, 100:160], labels[:, 200:] = DAMAGED, UNKNOWN
    generator = Generator([photo()], real, old=[Marked("old", photo(260, 260), labels)], share_of_old=1.0)
    seen = {int(v) for i in range(6) for v in np.unique(generator.crop(np.random.default_rng(i), 64)[1])}
    assert seen == {DAMAGED, PRESUMED, UNKNOWN}


def test_what_cannot_be_told_does_not_count() -> None:
    net = torch.nn.Conv2d(3, 1, 1)
    images = torch.zeros(1, 3, 8, 8, dtype=torch.uint8)
    losses = [
        float(detection_loss(net, images, torch.full((1, 1, 8, 8), label, dtype=torch.uint8), 0.9, 0.75).detach())
        for label in (SOUND, PRESUMED, UNKNOWN)
    ]
    assert losses[0] > losses[1] > losses[2] == 0


def test_fields_have_zero_mean_and_about_unit_deviation() -> None:
    rng = np.random.default_rng(2)
    for make in (cloud, octaves):
        fields = np.stack([make(rng, 128, 160, 12) for _ in range(30)])
        assert fields.shape == (30, 128, 160) and abs(fields.mean()) < 0.1 and 0.5 < fields.std() < 1.3


def test_the_split_depends_on_names_alone_and_keeps_sources_apart(tmp_path: Path) -> None:
    for folder, names in (("modern", [f"{s}_{i:03d}.webp" for s in ("a", "b", "c") for i in range(60)]),
                          ("modern_large", ["a_large_01.jpg"])):  # fmt: skip
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).touch()
    training, validation = split(tmp_path)
    assert len(validation) == 60 and len(training) == 121
    assert not any(p.name.startswith("a_") for p in validation)
    assert not {p.name for p in training} & {p.name for p in validation}
    assert 0 <= stable("x") < 1 and stable("x") == stable("x")


def test_figures() -> None:
    truth = np.zeros((40, 40), bool)
    truth[10, 5:35] = True
    assert tally(truth, truth).f1 == 1
    assert tally(np.roll(truth, 2, 0), truth).f1 == 1
    assert tally(np.roll(truth, 3, 0), truth).f1 == 0
    nothing = np.zeros_like(truth)
    assert tally(nothing, nothing).f1 == 1 and tally(truth, nothing).f1 == 0 and tally(nothing, truth).f1 == 0
    p = np.linspace(0, 0.999, 10000, dtype=np.float32).reshape(100, 100)
    shares = marked_shares(p)
    assert shares[0] == 1 and abs(shares[900] - 0.1) < 0.01
    assert abs(threshold_for(shares[None], 0.1) - 0.9) < 0.01
    for said, true, _ in calibration([p], [(np.random.default_rng(0).random(p.shape) < p).astype(np.uint8)]):
        assert abs(said - true) < 0.06


def test_a_run_is_resumed_ends_and_is_exported(tmp_path: Path, real: Found) -> None:
    torch.set_num_threads(1)
    generator = Generator([photo()], real)
    net = UNet(3, 8, 2)
    crops = iter(Crops(generator, 64, 2, seed=1))

    def loss_of(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, share: float) -> torch.Tensor:
        return detection_loss(net, x, y, share, 0.75)

    train(net, lambda at, share: crops, loss_of, tmp_path, TrainSettings(minutes=0.01))
    first = torch.load(tmp_path / "state.pt", weights_only=True)["progress"]
    train(UNet(3, 8, 2), lambda at, share: crops, loss_of, tmp_path, TrainSettings(minutes=0.02), resume=True)
    second = torch.load(tmp_path / "state.pt", weights_only=True)["progress"]
    assert second["step"] > first["step"] and second["resumes"] == 1 and second["seconds"] >= 1.2

    figures = {"threshold": 0.4, "second_look": 1.5, "recall": {"faint lines": 0.5}, "calibration": [[0.1, 0.1, 5]]}
    card = read_card(export.export(tmp_path / "state.pt", tmp_path / "weights", figures))
    assert (
        card.threshold == 0.4
        and card.stride == 8
        and card.arguments == {"channels": 3, "width": 8, "levels": 2, "answers": 1, "context": 0}
    )
    whole = as_shipped(export.load_checkpoint(tmp_path / "state.pt"), 1.5)(photo(70, 90))
    half = as_shipped(export.load_weights(tmp_path / "weights" / card.file), card.second_look)(photo(70, 90))
    assert half.shape == (70, 90) and np.abs(whole - half).max() < 0.01


def test_exported_weights_go_on_as_what_they_were(real: Found) -> None:
    torch.manual_seed(3)
    exported, generator = UNet(3, 8, 5, folded=True).eval(), Generator([photo()], real)
    again = went_on(exported, generator, DetectorSettings(crop=64, crops=2))
    x = torch.rand(2, 3, 64, 64)
    with torch.inference_mode():
        assert not again.folded and again.context and torch.allclose(again.eval()(x), exported(x), atol=1e-4)


def test_what_is_where_is_learned_to_be_used_and_the_published_encoder_stays(tmp_path: Path, real: Found) -> None:
    torch.set_num_threads(1)
    settings = DetectorSettings(width=8, crop=64, crops=2)
    net, crops = build(settings), iter(Crops(Generator([photo()], real), 64, 2, seed=1))

    def loss_of(net: torch.nn.Module, x: torch.Tensor, y: torch.Tensor, share: float) -> torch.Tensor:
        return detection_loss(net, x, y, share, 0.75)

    checkpoint = train(net, lambda at, share: crops, loss_of, tmp_path, TrainSettings(minutes=0.02))
    state = export.load_checkpoint(checkpoint).state_dict()
    encoder = {name: value for name, value in state.items() if name.startswith("context.encoder.")}
    for name, value in published().items():
        torch.testing.assert_close(encoder.pop(f"context.encoder.{name}"), value)
    assert not encoder
    assert all(state[f"context.across.{level}.weight"].any() for level in range(4))


def test_batches_are_stacked(real: Found) -> None:
    generator = Generator([photo()], real)
    images, masks = batch([generator.crop(np.random.default_rng(i), 64) for i in range(3)])
    assert images.shape == (3, 64, 64, 3) and masks.shape == (3, 64, 64)


def test_a_blend_lies_between_two_runs(tmp_path: Path) -> None:
    for name, value in (("a", 1.0), ("b", 3.0)):
        progress = {"seconds": 60.0, "crops": 5}
        torch.save(
            {"average": {"w": torch.full((2,), value)}, "progress": progress, "settings": {}}, tmp_path / f"{name}.pt"
        )
    export.blend(tmp_path / "a.pt", tmp_path / "b.pt", 0.25, tmp_path / "c.pt")
    made = torch.load(tmp_path / "c.pt", weights_only=True)
    assert made["average"]["w"].tolist() == [2.5, 2.5]
    assert made["settings"]["blended"] == "0.25 of the weights of a run of 1 minutes and 5 crops"
