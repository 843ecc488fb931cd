"""A cold start imports what the zips hold, as Lambda does: nothing of the checkout, compiled as they are."""

import zipfile
from pathlib import Path

from benchmarks import cold, unpacked

PACKAGES = "python/lib/python3.11/site-packages"
ASK = "import app, pydantic, boto3, benchmarks as b; [print(each.__file__) for each in (app, pydantic, boto3, b)]"
ASK_FOR_MOTO = "import app; from importlib.util import find_spec; print(app.__file__, find_spec('moto'), sep='\\n')"


def packed(stage: str, out: Path) -> None:
    out.mkdir()
    with zipfile.ZipFile(out / "deployment.zip", "w") as code:
        code.writestr("app.py", f"STAGE = {stage!r}")
    with zipfile.ZipFile(out / "layer-deployment.zip", "w") as layer:
        for name in ("pydantic", "boto3"):
            layer.writestr(f"{PACKAGES}/{name}.py", "")


def test_code_and_layer_come_from_the_zips_and_boto3_with_the_layer() -> None:
    with unpacked.environment(packed) as environment:
        app, pydantic, boto3, benchmarks = unpacked.python(environment, "-c", ASK).splitlines()
        assert app.endswith("/deployment/app.py")
        assert pydantic.endswith(f"/layer-deployment/{PACKAGES}/pydantic.py")
        assert boto3.endswith(f"/layer-deployment/{PACKAGES}/boto3.py")
        assert "/harness/benchmarks/" in benchmarks


def test_nothing_of_the_development_is_importable_and_nothing_stays_compiled() -> None:
    with unpacked.environment(packed) as environment:
        app, moto = unpacked.python(environment, "-c", ASK_FOR_MOTO).splitlines()
        assert moto == "None"
        assert [each.name for each in Path(app).parent.iterdir()] == ["app.py"]
    assert not Path(app).exists()


def test_sizes_are_those_of_what_is_uploaded_and_of_what_lambda_unpacks(tmp_path: Path) -> None:
    archives = {name: tmp_path / f"{name}.zip" for name in ("code", "layer")}
    for file in archives.values():
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("zeros", bytes(130_000_000))
    code, layer, unzipped = cold.sizes(archives)
    assert code.measured == archives["code"].stat().st_size / 1e6
    assert (code.holds, layer.holds) == (True, True)
    assert (unzipped.measured, unzipped.holds) == (260, False)
