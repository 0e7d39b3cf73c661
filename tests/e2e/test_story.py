"""A lawyer's morning: sign in, search, narrow, open, prove; with a mouse, with keys, and without scripts."""

import re


def test_sign_in_search_open_and_read(visiting):
    with visiting("compliance") as at:
        at.page.fill("#q", "contract")
        at.page.press("#q", "Enter")
        at.page.click(".result .subject")
        assert re.fullmatch(r"/messages/[0-9a-f-]{36}", at.page.url.removeprefix(at.base))
        assert at.page.locator("h1").is_visible()
        assert at.complaints == []


def test_every_view_of_a_message_opens_without_complaint(visiting):
    with visiting("compliance") as at:
        at.go("/?q=has:attachment")
        at.page.click(".result .subject")
        for name in ("Headers", "Journey", "Structure", "Source", "Proof", "Message"):
            at.page.click(f".tabs >> text={name}")
            assert at.page.locator(".tabs [aria-current]").inner_text() == name
        assert at.complaints == []


def test_a_message_proves_itself_on_request(visiting):
    with visiting("compliance") as at:
        at.go("/?q=contract")
        at.page.click(".result .subject")
        at.page.click("text=Proof")
        assert "Verified now." in at.page.locator(".notice-good").inner_text()


def test_the_body_stands_in_a_frame_that_may_do_nothing(visiting, product):
    with visiting("compliance") as at:
        at.go("/?q=%22your+parcel+is+waiting%22")
        asked = []
        at.page.on("request", lambda request: asked.append(request.url))
        at.page.click(".result .subject")
        at.page.wait_for_load_state("networkidle")
        frame = at.page.locator("iframe.body-frame")
        assert frame.get_attribute("sandbox") == ""
        assert frame.content_frame.locator("body").inner_text().strip()
        assert frame.content_frame.locator("script, form, iframe, [onload], a[href]").count() == 0
        assert [url for url in asked if not url.startswith((product.base, "data:"))] == []
        assert at.complaints == []


def test_keys_move_through_the_results_and_open_one(visiting):
    with visiting("compliance") as at:
        at.go("/")
        at.page.keyboard.press("/")
        assert at.page.evaluate("document.activeElement.id") == "q"
        at.page.keyboard.type("contract")
        at.page.keyboard.press("Enter")
        at.page.wait_for_url("**q=contract*")
        for key in "jjk":
            at.page.keyboard.press(key)
        first = at.page.locator(".result .subject").first
        assert first.evaluate("link => link === document.activeElement")
        at.page.keyboard.press("Enter")
        at.page.wait_for_url("**/messages/*")


def test_the_skip_link_is_the_first_stop_of_the_keyboard(visiting):
    with visiting("compliance") as at:
        at.go("/")
        at.page.keyboard.press("Tab")
        assert at.page.evaluate("document.activeElement.className") == "skip"
        at.page.keyboard.press("Enter")
        assert at.page.evaluate("document.activeElement.id") == "main"


def test_searching_narrowing_and_switching_work_without_scripts(visiting):
    with visiting("compliance", script=False) as at:
        at.page.fill("#q", "contract")
        at.page.select_option("#attachment", "yes")
        at.page.click("text=Apply")
        assert "attachment=yes" in at.page.url
        assert at.page.locator(".chips").inner_text().startswith("With attachments")
        at.page.click(".chips a")
        assert "attachment" not in at.page.url
        at.page.click(".menu-account summary")
        at.page.click("button[value=dark]")
        assert at.page.locator("html").get_attribute("data-theme") == "dark"
        at.page.click(".menu-account summary")
        at.page.click("button[value=fr]")
        assert at.page.locator("html").get_attribute("lang") == "fr"
        assert "q=contract" in at.page.url


def test_a_bar_of_the_histogram_narrows_to_its_time(visiting):
    with visiting("compliance") as at:
        at.go("/")
        at.page.locator(".histogram svg a").first.click()
        at.page.wait_for_url("**after=*before=*")
        assert at.page.locator(".chips li").count() == 3


def test_pages_lead_to_any_depth(visiting):
    with visiting("compliance") as at:
        at.go("/")
        at.page.fill("#page", "3")
        at.page.click(".jump button")
        assert at.page.locator(".results").get_attribute("start") == "51"
        assert at.page.locator(".pages [aria-current]").inner_text() == "3"


def test_a_download_is_a_file_and_never_a_page(visiting):
    with visiting("compliance") as at:
        at.go("/?q=has:attachment")
        at.page.click(".result .subject")
        with at.page.expect_download() as waiting:
            at.page.click("text=Download .eml")
        assert waiting.value.suggested_filename.endswith(".eml")


def test_an_employee_finds_less_than_an_officer(visiting):
    counts = {}
    for person in ("compliance", "employee"):
        with visiting(person) as at:
            at.go("/")
            counts[person] = int(re.sub(r"\D", "", at.page.locator("#total").inner_text()))
    assert 0 < counts["employee"] < counts["compliance"]
