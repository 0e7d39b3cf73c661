"""The way to every section: one line where the window is wide, a menu that fits where it is narrow, without script."""

import pytest

from tests.e2e.looking import problems

ONE_LINE = 60  # pixels: more is two lines
ROLES = ("compliance", "legal", "dpo", "auditor", "administrator", "employee")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("role", ROLES)
def test_the_sections_stand_in_one_line_in_a_wide_window(visiting, role, language):
    with visiting(role, language=language) as at:
        top = at.page.locator("header.top").bounding_box()
        assert top["height"] < ONE_LINE
        assert not at.overflows()
        assert not at.page.locator(".menu-sections").is_visible()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_in_a_narrow_window_they_are_in_a_menu_that_fits_and_opens_without_script(visiting, language):
    with visiting("compliance", width=390, language=language, script=False) as at:
        header = at.page.locator("header.top")
        assert header.bounding_box()["height"] < ONE_LINE
        assert not at.page.locator("nav.sections").is_visible()

        at.page.click(".menu-sections summary")

        links = at.page.locator(".menu-sections .panel a")
        boxes = [links.nth(place).bounding_box() for place in range(links.count())]
        assert len(boxes) == at.page.locator("nav.sections a").count()
        assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["height"] >= 24 for box in boxes)
        assert not at.overflows()
        links.filter(has_text="Audit").click()
        assert at.page.url.endswith("/audit/")


@pytest.mark.parametrize("width", [390, 1440])
def test_language_theme_and_sign_out_are_in_the_menu_of_the_account(visiting, width):
    with visiting("compliance", width=width) as at:
        at.page.click(".menu-account summary")
        assert (problems(at.page), at.overflows()) == ([], False)
        at.page.click(".menu-account button[value=fr]")
        assert at.page.locator("html").get_attribute("lang") == "fr"
        at.page.click(".menu-account summary")
        at.page.click(".menu-account button.link")
        at.page.wait_for_url("**/sign-in/")
        assert at.complaints == []
