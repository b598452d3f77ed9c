"""What GIMP and the image show where GIMP speaks French."""

import contextlib
import locale
from functools import partial
from pathlib import Path

from gi.repository import Gegl, Gimp

import client
import job
import scene
from core import tools
from runs import SETTINGS, while_open
from translation import DOMAIN
from window_plans import CANCELLED, RECORD, done, heard, plan

PREFIX = "plug-in-daguerre-"

# As GIMP does it for the plug-in's own process: some of these checks run its modules in this one.
locale.bindtextdomain(DOMAIN, Path(client.__file__).with_name("locale"))


def _procedure(name):
    return Gimp.get_pdb().lookup_procedure(PREFIX + name)


def check_the_menu_is_french():
    assert _procedure("detect").get_menu_label() == "_Détecter les dégâts…"
    assert _procedure("add-hints").get_menu_label() == "Ajouter un calque de _touches de couleur"
    assert _procedure("restore-in-place").get_menu_label() == "Restaurer sur _place"
    assert _procedure("detect").get_menu_paths() == ["<Image>/Filters/Restauration de photos"]
    assert _procedure("detect").get_blurb().startswith("Trouver rayures, poussières")


def check_arguments_are_french():
    named = {argument.name: argument for argument in _procedure("detect").get_arguments()}
    assert (named["sensitivity"].nick, named["grow"].nick) == ("Sensibilité", "Agrandir (px)")
    assert named["bright"].blurb == "Marquer les dégâts plus clairs que leur entourage."


def check_layers_and_sentences_are_french():
    image = scene.image_of()
    photo = scene.layer_in(image)
    assert scene.refused("detect", image, []) == (
        "Aucun calque n’est sélectionné. Sélectionnez un calque, puis recommencez."
    )
    _, layer, _ = scene.done("add-hints", image, photo)
    assert layer.get_name() == "Touches de couleur (scan)"


def check_what_the_engine_says_is_french():
    image = scene.image_of()
    photo = scene.photo_in(image)
    scene.select_rectangle(image, 20, 20, 8, 8)
    summary, layer, _ = scene.done("repair", image, photo, model="telea")
    assert summary == "1 défaut a été réparé.", summary
    assert layer.get_name() == "Réparé (scan)"


def check_what_is_started_speaks_french_too():
    assert client.environment()["LANGUAGE"].startswith("fr")


def check_refusals_of_what_is_selected_are_french():
    image = scene.image_of(size=(400, 300))
    photo, page = scene.photo_in(image, size=(scene.WIDTH, scene.HEIGHT)), scene.layer_in(image, "page")
    assert scene.refused("detect", image, [photo, page]) == (
        "Plusieurs calques sont sélectionnés. Sélectionnez un calque, puis recommencez."
    )
    channel = Gimp.Channel.new(image, "rouge", 400, 300, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    assert scene.refused("repair", image, channel) == (
        "Un canal est sélectionné, pas un calque. Cliquez sur la vignette du calque, puis recommencez."
    )
    scene.select_rectangle(image, 300, 200, 50, 50)
    assert scene.refused("restore", image, photo) == (
        "La sélection est hors du calque «\u202fscan\u202f». Retirez-la (Maj+Ctrl+A), puis recommencez."
    )
    Gimp.Selection.float(image, [page], 0, 0)
    assert scene.refused("detect", image, image.get_floating_sel()) == (
        "Il y a une sélection flottante. Ancrez-la (Ctrl+H), puis recommencez."
    )


def check_refusals_of_the_image_and_the_layer_are_french():
    image, group = scene.grouped_photo()
    assert scene.refused("restore", image, group, output="in-place") == (
        "Le groupe «\u202falbum\u202f» ne se modifie pas sur place. "
        "Choisissez «\u202fNouveau calque\u202f» comme résultat."
    )
    image = scene.image_of()
    photo = scene.photo_in(image)
    photo.set_lock_content(True)
    assert scene.refused("restore", image, photo, output="in-place") == (
        "Le calque «\u202fscan\u202f» ou son groupe est verrouillé. "
        "Choisissez «\u202fNouveau calque\u202f» comme résultat, ou déverrouillez-le."
    )
    photo.set_lock_content(False)
    image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16, False, False, "")
    assert scene.refused("detect", image, photo) == (
        "Cette image est en couleurs indexées. Choisissez Image > Mode > RVB, puis recommencez."
    )


def check_the_remark_on_filters_is_french():
    image = scene.image_of()
    photo = scene.photo_in(image)
    photo.append_filter(Gimp.DrawableFilter.new(photo, "gegl:invert-gamma", "inversé"))
    assert job.Job(tools.RESTORE, image, [photo]).run(SETTINGS).notes == [
        "Les filtres du calque ne sont pas pris en compte. Pour les inclure, fusionnez-les d’abord dans GIMP."
    ]


def check_what_the_window_is_told_of_lost_results_is_french():
    for happens, said in (
        (
            lambda image, photo: image.delete(),
            "L’image a été fermée dans GIMP. Ouvrez le résultat comme nouvelle image, ou abandonnez-le.",
        ),
        (
            lambda image, photo: image.remove_layer(photo),
            "Le calque «\u202fscan\u202f» a été supprimé dans GIMP. "
            "Ajoutez le résultat au-dessus, ou ouvrez-le comme nouvelle image.",
        ),
        (
            lambda image, photo: photo.fill(Gimp.FillType.WHITE),
            "Le calque a changé dans GIMP depuis l’ouverture. "
            "Ajoutez quand même le résultat, ou recommencez depuis le calque modifié.",
        ),
    ):
        image = scene.image_of()
        photo = scene.photo_in(image)
        scene.layer_in(image, "au-dessous")
        plan(done([[30, 40, 20, 10]], "fill"), CANCELLED)
        with contextlib.suppress(client.Cancelled):
            while_open("restore", image, photo, partial(happens, image, photo))
        assert [message["text"] for message in heard() if message["type"] == "refused"] == [said]


def check_an_engine_that_does_not_start_is_told_in_french():
    image = scene.image_of()
    photo = scene.photo_in(image)
    record = RECORD.read_text(encoding="utf-8")
    try:
        RECORD.write_text('{"python": "/no/such/python", "version": "0"}', encoding="utf-8")
        assert scene.refused("detect", image, photo) == (
            "Le moteur de Daguerre ne démarre pas. Lancez python3 install.py --doctor\u202f: il dit ce qui manque."
        )
    finally:
        RECORD.write_text(record, encoding="utf-8")
