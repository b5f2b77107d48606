"""Telling what the rules cannot read."""

import pytest

from supportdesk.insight.language import foreign_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("bitte laden sie die seite neu, dann ist der fehler weg und sie können die datei wieder öffnen", "German"),
        (
            "vous pouvez redémarrer le logiciel et ensuite ouvrir la page pour voir si le problème est toujours là",
            "French",
        ),
        ("puede usar el navegador para abrir la página y luego guardar los datos con el botón de abajo", "Spanish"),
        ("kunt u het bestand opnieuw opslaan en dan de pagina laden, het is een fout van de server", "Dutch"),
        ("por favor reinicie o aplicativo e tente novamente, se não resolver fale com a nossa equipe", "Portuguese"),
        ("isso é um problema conhecido, enquanto isso exporte cada mês à parte até que seja corrigido", "Portuguese"),
        ("bom dia, esse é um erro conhecido da versão 4·2; a solução é reinstalar a versão anterior", "Portuguese"),
        ("hast du vielleicht aus versehen den filter aktiviert und lässt nur ungelesene anzeigen", "German"),
        ("dette er en kjent feil, eksporter hver måned for seg til den er rettet, takk for hjelpen", "Norwegian"),
        ("jedná se o známou chybu, mezitím prosím exportujte každý měsíc zvlášť, dokud nebude opravena", "Czech"),
        ("ez egy ismert hiba, addig is kérjük, exportálja külön a hónapokat, amíg ki nem javítjuk", "Hungarian"),
        ("tämä on tunnettu virhe, vie sillä välin joka kuukausi erikseen, kunnes se on korjattu", "Finnish"),
        ("prøv at genstarte appen og log ind igen, hvis det ikke hjælper er du velkommen til at skrive", "Danish"),
        ("lütfen bir süre sonra tekrar deneyin, bu sorun devam ederse bizimle iletişime geçin ve daha", "Turkish"),
        ("перезапустите приложение и попробуйте ещё раз", "a Cyrillic script"),
        ("アプリを再起動してください。", "Japanese"),
    ],
)
def test_a_foreign_answer_is_named(text: str, language: str) -> None:
    assert foreign_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ok",
        "please restart the app and try again, it should then load the page",
        "settings > general > advanced, untick sync, restart, re-save, done",
        "the field is called straße and the value is für die, but it is the same for all of us",
        "fixed in 80435ad429429ae0e5e9c5c131e4719306bd50fa",
        "reproduced as of 737e115646ec79dac05d61232d89e59d8da751a9 and a477c5af203e75cced729e85f9b54e8f2516502e",
        "do as you do on a mac, or use de-de as the locale; no need to do it in c or e",
        "e0106, e0107 (as previously mentioned) e0049, e0050 e0066 e0069 e0166",
    ],
)
def test_english_and_what_cannot_be_told_is_read(text: str) -> None:
    assert foreign_language(text) == ""
