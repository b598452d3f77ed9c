"""The evaluation of every model, its pages and its sheets, on a tiny folder of photographs."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from networks import SMALL
from photo_folder import SIZE, make_photos, old_labels, scratched
from pictures import SAMPLES
from safetensors.torch import save_file

from core.models.card import read_card, write_card
from core.models.registry import PROGRAM_WEIGHTS, Registry
from core.models.unet import UNet
from core.tools import REPAIR, defaults
from core.training import foreign, marked
from core.training.commands import main
from core.training.detector import Look
from core.training.evaluate import figures_at, measure
from core.training.figures import write_page
from core.training.found import load_found
from core.training.marked import DAMAGED
from core.training.photos import split
from core.training.restored import GAP, MARK, restored, strip
from core.training.restorer import DetailSettings, ToneSettings, build_detail, build_tone
from core.training.results import EXAMPLES, replaced
from core.training.samples import SETS, damaged_samples
from core.training.textures import Bytes, Field

DOCS = SAMPLES.parent
METHODS = ("detect-classical.toml", "repair-telea.toml", "repair-ns.toml")


@pytest.fixture(autouse=True)
def denormals() -> Iterator[None]:
    """The command flushes them for its whole process, which is the tests' here."""
    yield
    torch.set_flush_denormal(False)


@pytest.fixture
def photos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(marked, "MARKS", tmp_path / "marks")
    return make_photos(tmp_path / "photos", tmp_path / "marks")


@pytest.fixture
def weights(tmp_path: Path, small_models: Path) -> Path:
    """A folder with a small network and methods without weights."""
    folder = tmp_path / "weights"
    shutil.copytree(small_models, folder)
    for name in METHODS:
        shutil.copy(PROGRAM_WEIGHTS / name, folder / name)
    default = str(defaults(REPAIR)["model"])
    write_card(replace(read_card(folder / "repair-telea.toml"), name=default), folder / f"repair-{default}.toml")
    return folder


def oracle(photos: Path) -> Look:
    """A detector that knows every validation photo's damage by heart."""
    known = {scratched()[..., ::-1].tobytes(): old_labels() == DAMAGED}
    _, validation = split(photos)
    found = load_found(photos / "damage", validation=True)
    for among, seed in SETS.values():
        for sample in damaged_samples(validation, found, among, seed):
            known[sample.image.tobytes()] = sample.mask > 0
    for other in foreign.foreign_samples(validation):
        known[other.image.tobytes()] = other.mask > 0

    def look(image: Bytes) -> Field:
        mask = known.get(image.tobytes(), np.zeros(image.shape[:2], bool))
        return np.asarray(mask, np.float32) * np.float32(0.9)

    return look


def test_who_knows_everything_has_full_marks_and_who_marks_everything_has_not(photos: Path) -> None:
    def everything(image: Bytes) -> Field:
        return np.full(image.shape[:2], 0.9, np.float32)

    looks = {"oracle": oracle(photos), "everything": everything}
    best, worst = (figures_at(one, 0.5) for one in measure(looks, photos).values())
    assert [best[name]["f1"] for name in (*SETS, *foreign.SETS, "real", "real_damaged")] == [1] * 7
    assert best["recall"]["foreign dust"] == best["recall"]["foreign_patches_bright"] == 1
    assert best["sound_marked_percent"]["worst"] == 0 and worst["sound_marked_percent"]["mean"] == 100
    assert worst["real"]["recall"] == 1 and worst["real"]["precision"] < 0.1
    share = 100 * (old_labels() == DAMAGED).sum() / (SIZE[0] * (SIZE[1] - 10))
    (photo,) = worst["real_photos"].values()
    assert photo[0] == pytest.approx(share, abs=0.001) and photo[1] > 90
    assert "real_quiet_marked_percent" not in best


def test_evaluate_measures_every_model_and_writes_json_cards_pages_and_sheets(
    photos: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(DOCS / "samples", docs / "samples")
    for page in ("results.md", "figures.md"):
        shutil.copy(DOCS / page, docs / page)
    common = ["evaluate", "--photos", str(photos), "--weights", str(weights)]
    main([*common, "--json", str(tmp_path / "build" / "figures.json"), "--cards", str(weights)])
    figures = json.loads((tmp_path / "build" / "figures.json").read_text())
    assert set(figures["detect"]) == {"default", "classical"}
    assert all(set(by_name) == {"telea", "ns", defaults(REPAIR)["model"]} for by_name in figures["repair"].values())
    for one in figures["detect"].values():
        assert one["clean"]["sound_marked_percent"]["mean"] <= 0.3
        thresholds, _, recall, _ = np.array(one["curves"]["lines"]).T
        assert (np.diff(thresholds) > 0).all() and (np.diff(recall) <= 0).all()
    assert "curves" not in capsys.readouterr().out
    card = read_card(weights / "detect-classical.toml")
    assert card.figures["lines"]["f1"] == figures["detect"]["classical"]["card"]["lines"]["f1"]
    assert card.threshold == 0.5 and "curves" not in card.figures and not Registry([weights]).problems
    assert read_card(weights / "repair-ns.toml").figures["thin"] == figures["repair"]["thin"]

    again = ["--measured", str(tmp_path / "build" / "figures.json"), "--docs", str(docs)]
    main([*common, *again, "--sheets", str(tmp_path / "sheets")])
    picture = (docs / "pictures" / "precision-recall.svg").read_bytes()
    page = (docs / "figures.md").read_text()
    assert f"{figures['detect']['classical']['card']['lines']['f1']:.3f}" in page and "{" not in page
    assert f"{figures['repair']['medium']['telea']:.2f}" in page
    for example in EXAMPLES:
        assert (docs / "pictures" / f"result-{example.name}.jpg").stat().st_size > 1000
    assert (tmp_path / "sheets" / "overview.jpg").exists()
    write_page(figures, docs)
    assert (docs / "pictures" / "precision-recall.svg").read_bytes() == picture


def test_a_sheet_shows_the_photo_as_it_was_its_mask_and_what_became_of_it(photos: Path, tmp_path: Path) -> None:
    main(["sheets", "--photos", str(photos), "--out", str(tmp_path / "sheets"), "--weights", str(PROGRAM_WEIGHTS)])
    (photo,) = (photos / "old_damaged").iterdir()
    sheet = cv2.imread(str(tmp_path / "sheets" / photo.name))
    width = SIZE[1]
    assert sheet is not None and sheet.shape == (SIZE[0], 3 * width + 2 * GAP, 3)
    before, over, after = (sheet[:, k * (width + GAP) : k * (width + GAP) + width] for k in range(3))
    assert np.array_equal(before, scratched())
    one = restored(np.ascontiguousarray(scratched()[..., ::-1]), Registry([PROGRAM_WEIGHTS]))
    assert one.mask[40:90, 71].all() and np.array_equal((over[..., ::-1] == MARK).all(2), one.mask > 0)
    assert np.abs(after[40:90, 71].astype(int) - 250).min() > 10
    far = cv2.dilate(one.mask, np.ones((15, 15), np.uint8)) == 0
    assert far.any() and np.array_equal(after[far], before[far])
    assert np.array_equal(strip(one)[..., ::-1], sheet)


def test_enhancers_are_measured_beside_what_needs_no_network(photos: Path, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    detail = build_detail(DetailSettings(width=8, levels=2))
    state = {"average": detail.state_dict(), "settings": {"minutes": 1.0}}
    progress = {"seconds": 1.0, "step": 1, "crops": 1, "resumes": 0}
    for name, net in (("detail", detail), ("tone", build_tone(ToneSettings()))):
        torch.save({**state, "average": net.state_dict(), "progress": progress}, tmp_path / f"{name}.pt")
    files = ["--checkpoint", str(tmp_path / "detail.pt"), "--tone", str(tmp_path / "tone.pt")]
    main(["export-enhance", "default", *files, "--weights", str(weights)])
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copy(DOCS / "figures.md", docs / "figures.md")
    common = ["--photos", str(photos), "--weights", str(weights), "--cards", str(weights), "--docs", str(docs)]
    main(["evaluate", "enhance", *common, "--every", "2", "--json", str(tmp_path / "figures.json")])
    figures = json.loads((tmp_path / "figures.json").read_text())["enhance"]
    assert set(figures) == {"photos", "aged", "nlm", "nlm_auto_levels", "best_nlm", "best_nlm_auto_levels", "default"}
    for figure in ("psnr", "detail"):  # untrained networks change nothing; the filter of coloured noise hardly does
        assert figures["default"][figure] == pytest.approx(figures["aged"][figure], abs=0.5)
    assert figures["best_nlm"]["detail"] >= figures["nlm"]["detail"]
    assert figures["best_nlm"]["detail"] >= figures["aged"]["detail"] and figures["default"]["sound"]["worst"] > 35
    assert read_card(weights / "enhance-default.toml").figures["default"]["psnr"] == figures["default"]["psnr"]
    page = (docs / "figures.md").read_text()
    assert f"| non-local means, one strength for all | {figures['nlm']['psnr']:.2f} |" in page
    assert page.count("<!-- end -->") == (DOCS / "figures.md").read_text().count("<!-- end -->")


def test_results_have_a_place_for_every_picture_and_name_it() -> None:
    page = (DOCS / "results.md").read_text(encoding="utf-8")
    for name in (*(example.name for example in EXAMPLES), "fills", "large-fills"):
        assert "new" in replaced(page, name, "new")
    for example in EXAMPLES:
        assert (DOCS / "pictures" / f"result-{example.name}.jpg").exists()
    assert replaced("a\n<!-- x: -->\nold\n<!-- end -->\nb", "x", "new") == "a\n<!-- x: -->\nnew\n<!-- end -->\nb"
    with pytest.raises(ValueError, match="no place for y"):
        replaced(page, "y", "new")


def test_one_network_is_named_where_an_option_is_its_own(photos: Path) -> None:
    with pytest.raises(SystemExit, match="need the network"):
        main(["evaluate", "--photos", str(photos), "--second-look", "1.5"])


def test_one_network_is_measured_by_its_weights(photos: Path, weights: Path, tmp_path: Path) -> None:
    file, out = weights / SMALL.file, tmp_path / "one.json"
    main(["evaluate", "detect", "--photos", str(photos), "--weights", str(file), "--json", str(out)])
    figures = json.loads(out.read_text())
    assert figures["threshold"] == figures["threshold_for_clean_share"] and set(figures["curves"]) >= {*SETS, "sound"}
    assert figures["sound_marked_percent"]["mean"] <= 0.3
    net = UNet(4, 8, 2, folded=True, answers=3)
    torch.nn.init.zeros_(net.head.weight)
    torch.nn.init.zeros_(net.head.bias)
    save_file(
        {name: value.half().contiguous() for name, value in net.state_dict().items()}, tmp_path / "fill.safetensors"
    )
    main(
        [
            "evaluate",
            "repair",
            "--photos",
            str(photos),
            "--weights",
            str(tmp_path / "fill.safetensors"),
            "--json",
            str(out),
        ]
    )
    for by_name in json.loads(out.read_text()).values():
        assert by_name["cnn"] == pytest.approx(by_name["biharmonic"], abs=0.05) and by_name["cnn"] > 10
