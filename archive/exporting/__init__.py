"""The parts of an export job: what is asked for, its folder, its selection, its captures."""
