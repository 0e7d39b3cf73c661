"""French sentences break in no wrong place."""

from discovery.typography import set_sentence


def test_french_guillemets_and_high_punctuation_keep_their_words():
    assert (
        set_sentence("« huîtres » ou : « pas » ?", language="fr")
        == "«\u00a0huîtres\u00a0» ou\u00a0: «\u00a0pas\u00a0»\u00a0?"
    )


def test_english_stays_as_it_is():
    assert set_sentence("« a » : b", language="en") == "« a » : b"
