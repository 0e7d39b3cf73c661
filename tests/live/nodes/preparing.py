"""python -m tests.live.nodes.preparing: make the archive that the environment names."""

import django

if __name__ == "__main__":
    django.setup()
    from archive.services.setup import prepare

    prepare()
