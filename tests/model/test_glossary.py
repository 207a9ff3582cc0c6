"""A show's glossary makes the model write its names as they are written, and is kept with the transcript."""

from pathlib import Path

from podindex import Library
from podindex.config import Settings

NAMES = ["Achterberg", "Jørn Utzon", "Eero Saarinen", "Bent Flyvbjerg"]


def test_names_are_written_as_the_glossary_writes_them(repo_dir: Path, tmp_path: Path, sample_library: Path) -> None:
    (sample,) = (repo_dir / "episodes" / "odd-sums").glob("*.opus")
    (tmp_path / "podindex.toml").write_text(f'[glossary]\n"Odd Sums" = {NAMES!r}\n', encoding="utf-8")
    with Library.open(sample_library) as without:
        text = without.export("odd-sums/fourteen-times-the-estimate", "txt")
        assert "Utzon" not in text, "the model knows the name: take another"
    with Library.open(tmp_path) as library:
        (outcome,) = library.add([sample], settings=Settings(model="tiny.en"))
        assert outcome.episode_id
        hits = library.search('"Utzon"').hits
        assert [hit.match for hit in hits] == ["exact"] * 3
        assert library.search("Flyvbjerg").total == 1
        options = library.transcript(outcome.episode_id).origin.options
        assert options["hotwords"] == ", ".join(NAMES)

        # What is finished is not done again because the glossary has changed.
        (tmp_path / "podindex.toml").write_text('[glossary]\nodd-sums = ["Ekeland"]\n', encoding="utf-8")
        (again,) = library.add([sample], settings=Settings(model="no-such-model"))
        assert again.status == "unchanged"
