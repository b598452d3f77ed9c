"""The report's network, its way from grey to CIE's colours, its training and export."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from core.models import report_lab
from core.models.card import read_card
from core.models.colorizing import Hints
from core.models.folding import folded_state
from core.models.report_colorizer import answered, cie_ab, colorizer_of, cut_to, report_colorizer
from core.models.report_unet import ReportUNet
from core.training import export_report_colors, median_cut_study, report_colors
from core.training.report_colors import LevelledPhotos, ReportColorSettings, build, color_loss
from core.training.textures import Bytes, Field
from core.training.train import TrainSettings, train

SMALL = (4, 6, 8)


def network(seed: int = 1) -> ReportUNet:
    """A small network whose BatchNorm has seen something and whose answers differ."""
    torch.manual_seed(seed)
    net = ReportUNet(SMALL).train()
    nn.init.normal_(net.head.weight, std=0.5)
    for _ in range(3):
        net(torch.rand(4, 1, 16, 16))
    return net.eval()


def slope(h: int, w: int) -> Field:
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    return np.asarray(0.5 + 0.25 * np.sin(x / 7) + 0.2 * np.cos(y / 5), np.float32)


def coloured_photo(h: int = 150, w: int = 220) -> Bytes:
    planes = [slope(h, w), slope(h, w)[:, ::-1], slope(h, w)[::-1]]
    return np.ascontiguousarray(np.rint(np.dstack(planes) * 255).astype(np.uint8))


def test_the_weights_are_small() -> None:
    assert 2 * sum(value.numel() for value in folded_state(ReportUNet()).values()) <= 1.5e6


def test_folding_keeps_the_function() -> None:
    net = network()
    plain = ReportUNet(**net.arguments(), folded=True).eval()
    plain.load_state_dict(folded_state(net))
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in plain.modules())
    x = torch.rand(2, 1, 24, 32)
    with torch.no_grad():
        assert (net(x) - plain(x)).abs().max() < 1e-5


def test_a_new_network_answers_grey() -> None:
    colours = colorizer_of(build(ReportColorSettings(SMALL)), 1000).seen(slope(20, 30), None, 0)
    assert np.abs(colours.ab).max() < 3


@pytest.mark.parametrize(("h", "w"), [(1, 1), (1, 50), (3, 2), (16, 16), (17, 31)])
@pytest.mark.parametrize("levels", [0, 2, 16])
def test_any_size(h: int, w: int, levels: int) -> None:
    colours = colorizer_of(network(), 1000).seen(slope(h, w), None, levels)
    assert colours.ab.shape == (h, w, 2) and colours.ab.dtype == np.float32 and np.isfinite(colours.ab).all()
    assert colours.sure.shape == (h, w) and (colours.sure == 1).all()


def test_what_is_beyond_black_and_white_counts_as_these() -> None:
    seen = colorizer_of(network(), 1000).seen
    grey = 3 * slope(16, 16) - 1
    assert np.array_equal(seen(grey, None, 0).ab, seen(np.clip(grey, 0, 1), None, 0).ab)


def test_hints_are_no_matter() -> None:
    colorizer = colorizer_of(network(), 1000)
    hints = Hints(np.full((16, 16, 2), 60, np.float32), np.ones((16, 16), np.float32))
    assert not colorizer.takes_hints
    assert np.array_equal(colorizer.seen(slope(16, 16), hints, 0).ab, colorizer.seen(slope(16, 16), None, 0).ab)


def test_the_network_sees_the_cut_levels_and_the_answer_has_the_true_lightness() -> None:
    net = network()
    grey = slope(16, 24)
    fewer = cut_to(grey, 4)
    assert len(np.unique(fewer)) == 4
    wanted = cie_ab(report_lab.lightness(grey), answered(net, report_lab.lightness(fewer)))
    assert np.array_equal(colorizer_of(net, 1000).seen(grey, None, 4).ab, wanted)


def test_colours_go_through_the_reports_equations_to_those_of_colour_science() -> None:
    photo = np.asarray(coloured_photo(24, 24), np.float32) / 255
    theirs = report_lab.lab(photo)
    assert np.abs(cie_ab(theirs[..., 0], theirs[..., 1:]) - cv2.cvtColor(photo, cv2.COLOR_RGB2LAB)[..., 1:]).max() < 0.2


def test_a_grey_has_no_colour_in_either() -> None:
    light = report_lab.lightness(slope(8, 8))
    assert np.abs(cie_ab(light, np.zeros((8, 8, 2), np.float32))).max() < 0.4  # the report's white is not quite sRGB's


def test_batches() -> None:
    photos = [coloured_photo(), coloured_photo(400, 100)]
    lights, colours = next(iter(LevelledPhotos(photos, 32, 3, 0, seed=1)))
    assert lights.shape == (3, 1, 32, 32) and lights.dtype == torch.float32 and 0 <= lights.min() <= lights.max() <= 1
    assert colours.shape == (3, 2, 32, 32) and colours.dtype == torch.float32 and colours.abs().max() > 5
    cut, _ = next(iter(LevelledPhotos(photos, 32, 3, 8, seed=1)))
    assert all(len(one.unique()) <= 8 for one in cut)


def test_photos_without_colours_are_not_learned_from(tmp_path: Path) -> None:
    for folder in ("modern", "modern_large"):
        (tmp_path / folder).mkdir()
    grey = np.repeat(np.rint(slope(64, 64) * 255).astype(np.uint8)[..., None], 3, 2)
    cv2.imwrite(str(tmp_path / "modern_large" / "a_grey.png"), grey)
    cv2.imwrite(str(tmp_path / "modern_large" / "a_colour.png"), coloured_photo(64, 64))
    assert len(report_colors.load_photos(tmp_path, 16)) == 1


def test_trained_a_little_and_exported_it_is_the_same_network(tmp_path: Path) -> None:
    settings = ReportColorSettings(SMALL, side=32, crops=2)
    batches = iter(LevelledPhotos([coloured_photo()], settings.side, settings.crops, settings.cut, seed=1))
    checkpoint = train(
        build(settings),
        lambda at, share: batches,
        lambda net, lights, colours, share: color_loss(net, lights, colours),
        tmp_path / "run",
        TrainSettings(minutes=0.02, preview_every=0),
    )
    path = export_report_colors.export_report_colors(checkpoint, tmp_path)
    assert path.name == "colorize-report.toml"
    card = read_card(path)
    assert (card.tool, card.name, card.architecture) == ("colorize", "report", "report-unet")
    ours = report_colorizer(card, tmp_path / card.file).seen(slope(20, 30), None, 0).ab
    net = export_report_colors.averaged(checkpoint)
    assert net.widths == SMALL
    assert np.abs(ours - colorizer_of(net, 1000).seen(slope(20, 30), None, 0).ab).max() < 0.5


def test_the_table_of_the_study(tmp_path: Path) -> None:
    for folder in ("modern", "modern_large"):
        (tmp_path / folder).mkdir()
    for name in ("b_one", "b_two", "b_three"):
        cv2.imwrite(str(tmp_path / "modern" / f"{name}.png"), coloured_photo(40, 50))
    lines = median_cut_study.table(tmp_path, {"a net": colorizer_of(network(), 600)}, (256, 4)).splitlines()
    assert lines[0] == "| network | greys | no colours | all levels | 256 | 4 |"
    sound, aged = (line.strip("| ").split(" | ") for line in lines[2:])
    assert sound[:2] == ["a net", "sound"] and aged[:2] == ["a net", "aged"]
    assert sound[2] == aged[2] and float(sound[3]) > 0
    assert abs(float(sound[4].split()[0].replace("−", "-"))) < 0.1
