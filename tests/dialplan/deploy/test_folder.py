"""Files on a node: whole ones only, ours only."""

import os
from pathlib import Path

import pytest

from dialplan.deploy.folder import MARKER, FolderError, NodeFolder, fingerprint, node_files, tenant_files


@pytest.fixture
def folder(tmp_path: Path) -> NodeFolder:
    return NodeFolder(tmp_path, "pbx1")


def test_a_file_is_read_as_it_was_written(folder: NodeFolder) -> None:
    text = "[acme-internal]\nexten => 1,1,NoOp(é\u2028x)\n"
    assert folder.write({"tenants/acme.conf": text, "extensions.conf": "[general]\n"}) == ["tenants/acme.conf", "extensions.conf"]
    assert folder.read("tenants/acme.conf") == text
    assert folder.read("extensions.conf") == "[general]\n"
    assert (folder.path / "extensions.conf").read_text() == f"{MARKER}\n; Node pbx1\n[general]\n"
    assert folder.read("tenants/other.conf") is None


def test_what_is_there_already_is_not_written_again(folder: NodeFolder) -> None:
    folder.write({"extensions.conf": "a\n", "pjsip.conf": "b\n"})
    before = (folder.path / "extensions.conf").stat()
    assert folder.write({"extensions.conf": "a\n", "pjsip.conf": "c\n"}) == ["pjsip.conf"]
    assert (folder.path / "extensions.conf").stat() == before


def test_passwords_are_not_for_everyone(folder: NodeFolder) -> None:
    os.umask(os.umask(0o022))
    folder.write({"tenants/acme.pjsip.conf": "x\n"})
    assert (folder.path / "tenants/acme.pjsip.conf").stat().st_mode & 0o777 == 0o640
    assert (folder.path / "tenants").stat().st_mode & 0o777 == 0o750


def test_a_crash_before_the_rename_leaves_the_old_file(folder: NodeFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.write({"tenants/acme.conf": "old\n"})

    def crash(self: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", crash)
        with pytest.raises(KeyboardInterrupt):
            folder.write({"tenants/acme.conf": "new\n"})
    assert folder.read("tenants/acme.conf") == "old\n"
    folder.write({"tenants/acme.conf": "new\n"})
    assert sorted(path.name for path in (folder.path / "tenants").iterdir()) == ["acme.conf"]


@pytest.mark.parametrize("name", ["extensions.conf", "pjsip.conf"])
def test_files_of_others_are_left_alone(folder: NodeFolder, name: str) -> None:
    (folder.path / name).write_text("[default]\nexten => 1,1,NoOp\n")
    with pytest.raises(FolderError, match=rf"{name} was not written by this console: move what you need of it into .*_local.conf"):
        folder.check()
    with pytest.raises(FolderError, match="not written by this console"):
        folder.write({name: "x\n"})
    assert (folder.path / name).read_text() == "[default]\nexten => 1,1,NoOp\n"


def test_a_folder_is_one_nodes(folder: NodeFolder) -> None:
    folder.write({"extensions.conf": "x\n"})
    other = NodeFolder(folder.path, "pbx2")
    with pytest.raises(FolderError, match=r"extensions.conf is written for node pbx1: give each node a folder of its own"):
        other.check()
    (folder.path / "extensions.conf").write_text(f"{MARKER}\nx\n")  # of a private Asterisk that no node had yet
    other.check()
    assert other.read("extensions.conf") == "x\n"


def test_an_empty_file_belongs_to_nobody(folder: NodeFolder) -> None:
    (folder.path / "extensions.conf").write_text("\n")
    folder.check()
    folder.write({"extensions.conf": "x\n"})
    folder.check()


def test_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="is not a directory: give the node the configuration directory"):
        NodeFolder(tmp_path / "none", "pbx1").check()


def test_a_folder_that_cannot_be_written(folder: NodeFolder) -> None:
    (folder.path / "tenants").write_text("a file where the directory should be")
    with pytest.raises(FolderError, match=r"cannot be (read|written)"):
        folder.write({"tenants/acme.conf": "x\n"})


@pytest.mark.parametrize("slug", ["", "../x", "a/b", "A", "acme.conf", "a\n", "a" * 17, "trunk"])
def test_names_come_from_slugs_alone(slug: str) -> None:
    with pytest.raises(ValueError, match="slug"):
        tenant_files(slug)


def test_removing(folder: NodeFolder) -> None:
    folder.write(dict.fromkeys((*tenant_files("acme"), *tenant_files("globex")), "x\n"))
    assert folder.remove(tenant_files("acme"))
    assert not folder.remove(tenant_files("acme"))
    assert sorted(path.name for path in (folder.path / "tenants").iterdir()) == ["globex.astdb", "globex.conf", "globex.pjsip.conf"]


def test_a_fingerprint_tells_any_two_states_apart(folder: NodeFolder) -> None:
    seen = {fingerprint(folder.texts(node_files()))}
    for texts in ({"server.astdb": ""}, {"server.astdb": "x"}, {"pjsip.conf": ""}, {"extensions.conf": "x"}, {"pjsip.conf": "x"}):
        folder.write(texts)
        seen.add(fingerprint(folder.texts(node_files())))
    assert len(seen) == 6
    (folder.path / "pjsip.conf").write_bytes(b"\xff\xfe")
    assert fingerprint(folder.texts(node_files())) not in seen
