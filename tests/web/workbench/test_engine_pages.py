"""The workbench's pages of the engine over HTTP (ours): jobs, logs, mails and rules, by calls of the control API."""

from __future__ import annotations

from tests.web.browser import Browser, Page

NUMBERS = {"heartbeat_seconds": "10", "whos_on_seconds": "8", "delete_logs_after_days": "14"}


def test_jobs_are_run_stopped_and_started(admin: Browser) -> None:
    page = admin.get("/_emu/jobs")
    assert page.heading == "Jobs"
    assert len(page.tree.xpath("//table[1]//tbody/tr")) == 14
    assert "curl -u admin -X POST" in page.text

    def press(button: str) -> str:
        return admin.get(admin.send(admin.get("/_emu/jobs"), button).location).said("status")

    assert press("Stop cleaner") == "Cleaner is stopped."
    assert press("Run cleaner").startswith("Cleaner has run: ")
    assert press("Start cleaner") == "Cleaner is started."
    runs = admin.get("/_emu/jobs?runs=cleaner").tree
    assert runs.xpath("string(//h2)") == "The last runs of Cleaner"
    assert runs.xpath("//section//tbody/tr[1]/td[2]/text()") == ["request"]


def test_a_job_that_there_is_not(admin: Browser) -> None:
    page = admin.get("/_emu/jobs")
    assert admin.send(page, "Run cleaner", {"name": "../reset"}).location == "/_emu/jobs"
    assert admin.send(page, "Run cleaner", {"name": "no-job"}).status == 404
    assert admin.get("/_emu/jobs?runs=no-job").tree.xpath("//section[@id='runs']") == []


def save(admin: Browser, **fields: str) -> Page:
    return admin.send(admin.get("/_emu/logs"), "Save", {**NUMBERS, **fields})


def test_options_are_saved_and_refused(admin: Browser) -> None:
    assert save(admin, cache_trace="on", error_email="desk@example.com").location == "/_emu/logs?done=saved"
    tree = admin.get("/_emu/logs").tree
    assert tree.xpath("//input[@type='checkbox'][@checked]/@name") == ["cache_trace"]
    assert tree.xpath("//input[@name='error_email']/@value") == ["desk@example.com"]
    refused = save(admin, delete_logs_after_days="0")
    assert refused.status == 422
    assert refused.tree.xpath("//input[@aria-invalid='true']/@name") == ["delete_logs_after_days"]


def test_the_self_diagnostic(admin: Browser) -> None:
    tree = admin.send(admin.get("/_emu/logs"), "Run self diagnostic").tree
    assert {"database", "jobs"} <= set(tree.xpath("//table//tr/td[1]/text()"))


def test_a_file_that_there_is_not(admin: Browser) -> None:
    page = admin.get("/_emu/logs?file=..%2Fsecret.key")
    assert page.status == 404
    assert page.tree.xpath("//section[@id='file']") == []


def test_a_mail_is_composed_imported_and_its_answer_shown(admin: Browser) -> None:
    compose = {"from": "Casey <casey@example.com>", "subject": "Fire\r\nBcc: x@y.example", "text": "It burns."}
    sent = admin.send(admin.get("/_emu/mail?box=incoming"), "Put into the spool", compose)
    assert sent.location == "/_emu/mail?box=incoming&done=composed"
    assert "in the spool" in admin.get(sent.location).said("status")
    ran = admin.get(admin.send(admin.get("/_emu/jobs"), "Run email-import").location)
    assert ran.said("status") == "Email Import has run: 1 done."
    listed = admin.get("/_emu/mail?box=incoming").tree
    (subject,) = listed.xpath("//tbody//a")
    assert subject.text == "Fire Bcc: x@y.example"
    assert listed.xpath("string(//tbody//span[contains(@class, 'badge')])") == "imported"
    one = admin.get(subject.get("href"))
    assert one.heading == "Fire Bcc: x@y.example"
    assert "From: Casey <casey@example.com>" in one.tree.xpath("string(//pre)")
    assert "It burns." not in admin.get(f"{subject.get('href')}?tab=headers").tree.xpath("string(//pre)")
    outgoing = admin.get("/_emu/mail").tree
    assert outgoing.xpath("//tbody//td[2]/text()") == ["casey@example.com"]
    (answer,) = outgoing.xpath("//tbody//a/@href")
    shown = admin.get(answer).tree
    frame = shown.xpath("//iframe")[0]
    assert frame.get("sandbox") == ""
    page = admin.get(frame.get("src"))
    policy = page.answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "Casey" in page.text or "request" in page.text
    assert admin.get(f"{answer}?tab=text").tree.xpath("string(//pre)")
    assert admin.send(admin.get(answer), "Delete").location == "/_emu/mail?box=outgoing&done=deleted"
    assert admin.get(answer).status == 404


def test_mails_are_filtered_and_what_is_refused_is_said(admin: Browser) -> None:
    assert "No mail matches" in admin.get("/_emu/mail?state=failed").text
    assert admin.get("/_emu/mail?state=nonsense").status == 422
    assert admin.get("/_emu/mail/outgoing/999999").status == 404
    assert admin.get("/_emu/mail/incoming/999999?tab=source").status == 404


def test_a_rule_is_made_switched_and_deleted(admin: Browser) -> None:
    page = admin.get("/_emu/events/rules")
    assert page.heading == "Rules"
    assert admin.send(page, "Save").location == "/_emu/events/rules?done=made"
    page = admin.get("/_emu/events/rules")
    assert "Tell of new tickets" in page.text
    assert admin.send(page, "Switch off Tell of new tickets").location == "/_emu/events/rules?done=changed"
    page = admin.get("/_emu/events/rules")
    assert admin.send(page, "Switch on Tell of new tickets").location == "/_emu/events/rules?done=changed"
    assert admin.send(page, "Delete Tell of new tickets").location == "/_emu/events/rules?done=deleted"
    assert admin.send(page, "Delete Tell of new tickets").status == 404


def test_a_rule_that_cannot_be(admin: Browser) -> None:
    page = admin.get("/_emu/events/rules")
    refused = admin.send(page, "Save", {"rule": "{"})
    assert (refused.status, refused.said("alert")) == (422, "The rule is no JSON.")
    assert refused.tree.xpath("string(//textarea)").strip() == "{"
    assert admin.send(page, "Save", {"rule": '{"type": 1}'}).status == 422
