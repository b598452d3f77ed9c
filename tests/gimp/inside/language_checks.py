"""What GIMP and the image show where GIMP speaks French."""

from gi.repository import Gimp

import client
import scene

PREFIX = "plug-in-daguerre-"


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
