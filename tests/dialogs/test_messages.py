"""What the window says: each state in its own sentence, with what can be done about it on buttons."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qt_dialogs import messages
from qt_dialogs.messages import Message, MessageBar


def nothing() -> None:
    return None


SAID: list[tuple[Message, str, list[str]]] = [
    (
        messages.none_found(),
        "No damage was found. Raise the sensitivity, or mark it by hand with the brush (P).",
        [],
    ),
    (
        messages.empty_mask(nothing),
        "The mask is empty, so there is nothing to repair. Detect damage first, or paint over it (P).",
        ["Find Damage"],
    ),
    (
        messages.review_first(312, "Restore", nothing),
        "312 defects await review. Go through them with Tab, or press Restore again to take them all.",
        ["Restore"],
    ),
    (
        messages.review_first(1, "Restore", nothing),
        "1 defect awaits review. Look at it with Tab, or press Restore again to take it.",
        ["Restore"],
    ),
    (
        messages.no_need(),
        "Noise, blur and fading were not found in this photo. Raise a slider above 100 % to change it anyway.",
        [],
    ),
    (
        messages.has_colour(alone=False),
        "The layer has colours of its own; only its brightness is used. Hide the new layer to see them again.",
        [],
    ),
    (
        messages.grey_image(),
        "Colour needs an RGB image. The image is converted together with the result; one undo takes both back.",
        [],
    ),
    (
        messages.filters(),
        "The layer's filters are not included here. To include them, merge the filters in GIMP first.",
        [],
    ),
    (
        messages.no_model("mine", nothing),
        "The model “mine” is not installed. Choose another one, or add its file on the Models page.",
        ["Models"],
    ),
    (
        messages.bad_model("Mine", nothing),
        "The file of “Mine” is damaged, so it is switched off. Choose another model, or see what install.py --doctor "
        "says.",
        ["Models"],
    ),
    (
        messages.memory("Repair", nothing),
        "There was not enough memory for this photo. Close other programs and press Repair again; the mask is kept.",
        ["Repair"],
    ),
    (
        messages.disk("Repair", nothing),
        "The disk is full. Free some space and press Repair again; the mask is kept.",
        ["Repair"],
    ),
    (
        messages.crashed("Repair", nothing),
        "The computation ended by itself; photo and mask are unharmed. Press Repair again; if it repeats, ☰ > Log has "
        "what to report.",
        ["Repair"],
    ),
    (
        messages.no_trace(),
        "No line was found there. Zoom in and click on the scratch itself, or draw it with Line (L).",
        [],
    ),
    (
        messages.keep_work(True, False, nothing, nothing, alone=False),
        "The mask was edited by hand. Keep it in the image, or discard it.",
        ["Keep in the Image", "Discard", "Continue Editing"],
    ),
    (
        messages.found_work(True, False, "22/11/2026", nothing, nothing),
        "A mask for this photo was kept on 22/11/2026.",
        ["Use It", "Discard"],
    ),
]


@pytest.mark.parametrize(("message", "text", "buttons"), SAID, ids=lambda said: getattr(said, "name", None))
def test_each_state_has_its_sentence_and_its_buttons(
    qtbot: object, message: Message, text: str, buttons: list[str]
) -> None:
    bar = MessageBar()
    bar.say(message)
    assert bar.text.text() == text == bar.accessibleName()
    assert [action.text for action in message.actions] == buttons
    assert text.count(". ") <= 1 and text.endswith(".") and "!" not in text, "two sentences at most, and calm ones"


def test_a_button_does_what_it_says_and_ends_the_message(qtbot: object) -> None:
    pressed: list[str] = []
    bar = MessageBar()
    bar.say(messages.memory("Repair", lambda: pressed.append("again")))
    bar.press(0)
    assert pressed == ["again"] and not bar.current


N = "\u202f"
FRENCH: list[tuple[Callable[[], Message], str]] = [
    (
        messages.none_found,
        "Aucun dégât trouvé. Augmentez la sensibilité, ou marquez-le à la main avec la brosse (P).",
    ),
    (
        lambda: messages.empty_mask(nothing),
        "Le masque est vide, il n’y a rien à réparer. Détectez d’abord les dégâts, ou peignez-les (P).",
    ),
    (
        lambda: messages.review_first(312, "Restaurer", nothing),
        "312 défauts attendent la revue. Parcourez-les avec Tab, ou recliquez sur Restaurer pour tous les prendre.",
    ),
    (
        messages.no_need,
        f"Ni bruit, ni flou, ni décoloration dans cette photo. Poussez un curseur au-delà de 100{N}% pour la modifier "
        "quand même.",
    ),
    (
        lambda: messages.has_colour(alone=False),
        f"Le calque a déjà des couleurs{N}; seule sa luminosité est utilisée. Masquez le nouveau calque pour les "
        "revoir.",
    ),
    (
        messages.grey_image,
        f"La couleur exige une image RVB. L’image est convertie avec le résultat{N}; une seule annulation défait les "
        "deux.",
    ),
    (
        messages.filters,
        "Les filtres du calque ne sont pas pris en compte. Pour les inclure, fusionnez-les d’abord dans GIMP.",
    ),
    (
        lambda: messages.no_model("le mien", nothing),
        f"Le modèle «{N}le mien{N}» n’est pas installé. Choisissez-en un autre, ou ajoutez son fichier à la page "
        "Modèles.",
    ),
    (
        lambda: messages.bad_model("Le mien", nothing),
        f"Le fichier de «{N}Le mien{N}» est abîmé, il est désactivé. Choisissez un autre modèle, ou voyez ce que dit "
        "install.py --doctor.",
    ),
    (
        lambda: messages.memory("Réparer", nothing),
        f"Mémoire insuffisante pour cette photo. Fermez d’autres programmes puis recliquez sur Réparer{N}; le masque "
        "est conservé.",
    ),
    (
        lambda: messages.disk("Réparer", nothing),
        f"Le disque est plein. Libérez de la place puis recliquez sur Réparer{N}; le masque est conservé.",
    ),
    (
        lambda: messages.crashed("Réparer", nothing),
        f"Le calcul s’est interrompu{N}; photo et masque sont intacts. Recliquez sur Réparer{N}; si cela se répète, "
        "☰ > Journal dit quoi signaler.",
    ),
    (
        messages.no_trace,
        "Aucune ligne trouvée ici. Zoomez et cliquez sur la rayure même, ou tracez-la avec Ligne (L).",
    ),
    (
        lambda: messages.keep_work(True, False, nothing, nothing, alone=False),
        "Le masque a été retouché à la main. Gardez-le dans l’image, ou abandonnez-le.",
    ),
    (
        lambda: messages.found_work(True, False, "22/11/2026", nothing, nothing),
        "Un masque pour cette photo a été gardé le 22/11/2026.",
    ),
]


@pytest.mark.usefixtures("french", "qtbot")
@pytest.mark.parametrize(("made", "text"), FRENCH, ids=lambda said: said[:30] if isinstance(said, str) else "")
def test_each_state_is_said_in_french(made: Callable[[], Message], text: str) -> None:
    bar = MessageBar()
    bar.say(made())
    assert bar.text.text() == text == bar.accessibleName()
