"""The rules of wording bite where they should and nowhere else; ``test_locales`` holds the sentences to them."""

from __future__ import annotations

import pytest

from tests.support.wording import RULES, Rule, Sentence, sentences

SENTENCES = {sentence.text: sentence for sentence in sentences()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_bites_and_lets_live(rule: Rule) -> None:
    for language in rule.languages:
        assert [text for text in rule.bad if not rule.finds(Sentence(language, text, rule.form))] == []
        assert [text for text in rule.good if rule.finds(Sentence(language, text, rule.form))] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_an_exception_is_a_sentence_that_would_break_the_rule(rule: Rule) -> None:
    assert all(rule.exceptions.values())
    idle = [text for text in rule.exceptions if text not in SENTENCES or not rule.finds(SENTENCES[text])]
    assert idle == []
