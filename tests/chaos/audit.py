"""Afterwards: whether everything that was promised is there, by what the servers answer now."""

import tempfile
from pathlib import Path

from people import Person, Promises

from storyreel.media.probe import probe_video


def broken_promises(person: Person) -> list[str]:
    """What this person was told and does not find."""
    listed = _projects(person)
    missing = [f"project {told.project}" for told in person.promises if told.project not in listed]
    here = [told for told in person.promises if told.project in listed]
    return [*missing, *(lost for told in here for lost in _lost_of(person, told))]


def unasked(person: Person) -> list[str]:
    """Projects that this person has and never asked for."""
    asked = {told.project for told in person.promises}
    return [f"a second project {id_}" for id_ in _projects(person) - asked]


def _lost_of(person: Person, told: Promises) -> list[str]:
    lost: list[str] = []
    listed = person.ok("GET", "/tasks", params={"project_id": told.project})["items"]
    tasks = {task["id"] for task in listed}
    lost += [f"task {id_}" for id_ in told.tasks - tasks]
    for id_, was in told.ended.items():
        now = person.ok("GET", f"/tasks/{id_}/status")
        lost += [f"end of task {id_}"] if _kept(now) != _kept(was) else []
    shots = person.ok("GET", f"/projects/{told.project}/storyboard")["shots"]
    if told.edited and shots[0]["narration"] != told.narration:
        lost.append(f"edit of project {told.project}")
    return lost + (_lost_film(person, told) if told.film else [])


def _lost_film(person: Person, told: Promises) -> list[str]:
    """Whether the film opens, and has the frames that its task told of."""
    project = person.ok("GET", f"/projects/{told.project}")
    watched = person.ask("GET", project["film_url"].partition("/api")[2])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.mp4"
        file.write_bytes(watched.content)
        frames = probe_video(file).frames if watched.is_success else 0
    return [] if frames == told.ended[told.film]["result"]["frames"] else [f"film of project {told.project}"]


def _kept(task: dict[str, object]) -> tuple[object, object]:
    """What of an ended task never changes; links are signed anew."""
    result = task["result"]
    facts = {name: result[name] for name in result if not name.endswith("url")} if isinstance(result, dict) else result
    return task["status"], facts


def _projects(person: Person) -> set[str]:
    found = person.ok("GET", "/projects", params={"page_size": 100})
    if found["total"] > len(found["items"]):
        raise ValueError("more projects than fit into one page")
    return {item["id"] for item in found["items"]}
