"""Somebody else's words, however a mail program, a forum or a person marks them, are not the writer's own."""

import unicodedata
from time import process_time

import pytest
from said_samples import agent

from supportdesk.insight.rules import Rules
from supportdesk.insight.segment import own_words, split
from supportdesk.insight.similar import telling_words
from supportdesk.insight.workaround import findings, score_all

OLD = "As a workaround, rebuild the index each time until this is fixed."
PATIENCE_S = 10.0  # of the processor: what is slow here took minutes


@pytest.mark.parametrize(
    "head",
    [
        "De : Bob Martin\nEnvoyé : lundi 1 janvier 2024 10:00\nÀ : help@acme.example\nObjet : recherche",
        "De\u00a0: Bob\nEnvoyé\u00a0: lundi\nÀ\u00a0: help@acme.example",
        "Van: Bob\nVerzonden: maandag 1 januari 2024\nAan: help\nOnderwerp: zoeken",
        "De: Bob\nEnviado: lunes\nPara: help\nAsunto: buscar",
        "De: Bob\nEnviado el: lunes\nPara: help",
        "De: Bob\nData: segunda-feira\nPara: help\nAssunto: pesquisa",
        "Da: Bob\nInviato: lunedì\nA: help\nOggetto: ricerca",
        "Von: Bob\nDatum: Montag\nAn: help\nBetreff: Suche",
        "Från: Bob\nSkickat: måndag\nTill: help\nÄmne: sök",
        "*De :* Bob\n*Envoyé :* lundi",
        "-----Ursprüngliche Nachricht-----",
        "-------- Weitergeleitete Nachricht --------",
        "-----Message d'origine-----",
        "-----Mensaje original-----",
        "-----Mensagem original-----",
        "-----Messaggio originale-----",
        "-----Oorspronkelijk bericht-----",
        "El lun, 1 ene 2024 a las 10:00, Bob (<b@x.example>) escribió:",
        "Op ma 1 jan. 2024 om 10:00 schreef Bob <b@x.example>:",
        "Em seg., 1 de jan. de 2024 às 10:00, Bob <b@x.example> escreveu:",
        "Il giorno lun 1 gen 2024 alle ore 10:00 Bob <b@x.example> ha scritto:",
        "Am Mo., 1. Jan. 2024 um 10:00 Uhr schrieb Bob <b@x.example>:",
        "Bob <b@x.example> schrieb am Mo., 1. Jan. 2024, 10:00:",
        "Le lun. 1 janv. 2024 à 10:00, Bob <b@x.example> a écrit :",
        "Den mån 1 jan. 2024 kl 10:00 skrev Bob <b@x.example>:",
    ],
)
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_an_older_mail_is_told_by_its_head_in_other_languages(head: str, form: str) -> None:
    words = own_words(unicodedata.normalize(form, f"Thanks, noted.\n\n{head}\n\n{OLD}"))
    assert words.startswith("thanks, noted.")
    assert "workaround" not in words


@pytest.mark.parametrize(
    "quote",
    [
        f"Sure. [quote]{OLD}[/quote]",
        f"Sure. [quote=bob]\n{OLD}\n[/quote]",
        f'[quote="bob, post:2"][quote]a[/quote]\n{OLD}[/quote]',
        f"[QUOTE]\n[QUOTE]a\n[/QUOTE]\n\n{OLD}\n[/QUOTE]",
        f"Hi<br><blockquote>{OLD}</blockquote>",
        f"Hello <blockquote cite='x'>\n{OLD}\n</blockquote>",
        f"You see: {{quote}}{OLD}{{quote}}",
        f"{{quote}}\n{OLD}\n{{quote}}",
        f"bq. {OLD}\n",
        f"- > {OLD}",
        f"\uff1e {OLD}",
        f'You wrote: "{OLD}"',
        f"You said “{OLD}”",
    ],
)
def test_a_quote_is_left_out_and_what_follows_it_is_ours(quote: str) -> None:
    words = own_words(f"First.\n{quote}\n\nPlease restart it.")
    assert "workaround" not in words
    assert words.startswith("first.")
    assert words.endswith("please restart it.")


def test_own_words_beside_a_quote_in_one_line_are_ours() -> None:
    assert own_words(f"Sure [quote]{OLD}[/quote] restart").split() == ["sure", "restart"]
    assert own_words(f"[quote]{OLD}[/quote] restart").split() == ["restart"]


@pytest.mark.parametrize("mark", ['[quote="bob, post:2"]', "<blockquote>", "{quote}", "Yes <blockquote>"])
def test_a_quote_that_is_never_closed_goes_on_to_the_end(mark: str) -> None:
    assert "workaround" not in own_words(f"Hello.\n{mark}\nIt fails.\n\n{OLD}")


@pytest.mark.parametrize(
    "mention",
    [
        "Put [quote] before it.",
        "Put `<blockquote>` before it",
        "`[quote]`",
        "```\n<blockquote>\n```",
        'It says "restart".',
    ],
)
def test_a_mark_that_is_only_spoken_of_quotes_nothing(mention: str) -> None:
    assert "workaround" in own_words(f"{mention}\nThen: {OLD}")


def test_below_the_head_of_a_marked_quote_our_words_are_ours_whatever_stands_between() -> None:
    for head in ("On Mon, 1 Jan 2024, Bob wrote:\n\n", "On Mon, 1 Jan 2024,\nBob <b@x.example> wrote:\n"):
        assert "restart" in own_words(f"{head}> it fails\n\nPlease restart it")


def test_words_right_below_a_marked_line_are_an_answer_to_it() -> None:
    assert "restart" in own_words("> it fails\nPlease restart it.")


def test_segments_cover_a_body_whose_quotes_begin_inside_lines() -> None:
    body = f"a [quote]b\nc[/quote] d\n[quote]{OLD}\n> x [quote]\n<blockquote>{OLD}</blockquote> y [/quote]\nz"
    pieces = split(body)
    assert [piece.start for piece in pieces] == [0, *(piece.end for piece in pieces[:-1])]
    assert pieces[-1].end == len(body)


@pytest.mark.parametrize(
    "line",
    [
        "{code\n",
        "[code\n",
        "<pre\n",
        "{noformat\n",
        "[quote]\n",
        "[quote=",
        "a [quote]\n",
        "a [quote] [/quote]\n",
        "a <blockquote",
        "<blockquote>",
        "{quote}",
        "bq. x\n",
        "```\n",
        'you said "',
        "you said “",
        "On x wrote:\n",
        "On x wrote:\n\n> y\n",
        "De : x\n",
        "De : x\nÀ : y\n",
        "(" * 199 + ";\n",
        "https://a.b/issues/1\n",
        "e\u0301 ",
    ],
    ids=repr,
)
def test_a_body_of_nothing_but_marks_is_taken_apart_in_time_that_grows_with_it(line: str) -> None:
    body = (f"{OLD}\n{line * 200_000}")[:200_000]
    began = process_time()
    assert len(own_words(body)) == len(body)
    assert process_time() - began < PATIENCE_S


@pytest.mark.parametrize("line", ["{code\n", "[quote]\n", "<pre\n", "a [quote]\n"], ids=repr)
def test_a_flag_above_marks_that_are_never_closed_is_told_in_time_that_grows_with_it(rules: Rules, line: str) -> None:
    body = (f"{OLD}\n{line * 200_000}")[:200_000]
    began = process_time()
    (finding,) = findings(rules, score_all(rules, "", [agent(body)]))
    assert {"workaround", "rebuild", "index"} <= telling_words(body, finding)
    assert process_time() - began < PATIENCE_S
