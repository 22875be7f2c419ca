"""Every way an installation can be broken that ``autoriza check`` must name, as SQL on the healthy one."""

from typing import NamedTuple

from app.invariants import deliveries, identity, numbers, progress, verdicts
from app.invariants.rule import Rule

TOOLS = """
create function id_of(text) returns bigint language sql as 'select id from document where reference = $1';
create function key_of(text) returns text language sql as 'select access_key from document where reference = $1';
create function ana() returns bigint language sql as 'select tenant_id from document where reference = ''draft''';
create function beto() returns bigint language sql as 'select tenant_id from document where reference = ''beto''';
"""


class Damage(NamedTuple):
    """What ``sql`` breaks: the invariant and its rule, and the document to be named (``-``: none)."""

    what: str
    invariant: str
    rule: Rule
    reference: str
    sql: str


# A block each: what | invariant | rule | document to be named, then the SQL.
_BLOCKS = """
one access key on two documents | I1 | identity.KEY_OF_TWO_DOCUMENTS | authorized
update document set access_key = key_of('authorized') where reference = 'signed'

two access keys of which the SRI refused none | I1 | identity.TWO_LIVE_KEYS | redated
update sri_exchange set outcome = 'unavailable' where document_id = id_of('redated')

bytes sent that are not the signed ones | I1 | identity.OTHER_THAN_SIGNED | authorized
update sri_exchange set request_sha256 = 'x' where document_id = id_of('authorized')

a question about another key | I1 | identity.OTHER_THAN_SIGNED | authorized
update sri_exchange set access_key = key_of('signed')
where document_id = id_of('authorized') and operation = 'query'

a document that nothing moves | I2 | progress.FORGOTTEN | signed
update document set next_attempt_at = null where reference = 'signed'

a document due and never published | I3 | progress.STUCK | pending_authorization
update document set next_attempt_at = now() - interval '3 minutes', published_at = null
where reference = 'pending_authorization'

a document published long ago and never taken | I3 | progress.STUCK | signed
update document set next_attempt_at = now() - interval '9 minutes', published_at = now() - interval '8 minutes'
where reference = 'signed'

a document whose worker never came back | I3 | progress.STUCK | held
update document set next_attempt_at = now() - interval '4 minutes', lease_until = now() - interval '3 minutes'
where reference = 'held'

a document nobody took up when its halt was lifted | I3 | progress.STUCK | halted
update halt set lifted_at = now()

a document that waits for its verdict, which no halt holds | I3 | progress.STUCK | pending_authorization
insert into halt (tenant_id, code, reason, placed_by) values (ana(), '2', 'RUC no activo', 'test');
update document set next_attempt_at = now() - interval '3 minutes', published_at = null
where reference = 'pending_authorization'

a RIDE due and published long ago | I3 | progress.STUCK | authorized
update ride set next_attempt_at = now() - interval '3 minutes', published_at = now() - interval '3 minutes'
where id = id_of('authorized')

a document without history | I4 | progress.CROOKED | draft
delete from history where document_id = id_of('draft')

a history that lacks its beginning | I4 | progress.CROOKED | signed
delete from history where document_id = id_of('signed') and seq = 1

a history that lacks a step | I4 | progress.CROOKED | rejected
delete from history where document_id = id_of('rejected') and seq = 2

a history that ends too soon | I4 | progress.CROOKED | pending_authorization
delete from history where document_id = id_of('pending_authorization') and seq = 3

a history that skips a number | I4 | progress.CROOKED | rejected
update history set seq = 9 where document_id = id_of('rejected') and seq = 4

a step the law does not know | I4 | progress.CROOKED | rejected
update history set event = 'corrected' where document_id = id_of('rejected') and seq = 4

steps that do not follow each other | I4 | progress.CROOKED | rejected
update history set from_state = 'signed' where document_id = id_of('rejected') and seq = 4

a state its history does not tell | I4 | progress.CROOKED | pending_authorization
update document set state = 'rejected' where reference = 'pending_authorization'

a yes of the SRI that did not count | I5 | verdicts.AUTHORIZED_ONLY_THERE | rejected
insert into sri_exchange (tenant_id, document_id, version, access_key, environment, operation, request_sha256,
                          finished_at, outcome)
select tenant_id, id, 1, access_key, 1, 'query', 'x', now(), 'authorized' from document where reference = 'rejected'

an authorized document without the SRI's authorization | I5 | verdicts.AUTHORIZATION_NOT_KEPT | authorized
delete from document_authorization where document_id = id_of('authorized')

an authorization of a document not authorized | I5 | verdicts.AUTHORIZATION_NOT_COUNTED | pending_authorization
insert into document_authorization (document_id, tenant_id, number, xml, sha256, as_sent)
select id, tenant_id, access_key, '', '', true from document where reference = 'pending_authorization'

an authorized document of which no RIDE will be made | I6 | verdicts.NO_RIDE | authorized
delete from ride where id = id_of('authorized')

a RIDE of a document not authorized | I6 | verdicts.RIDE_TOO_SOON | signed
insert into ride (id, tenant_id, next_attempt_at) values (id_of('signed'), ana(), now())

a RIDE that nothing moves | I6 | verdicts.RIDE_FORGOTTEN | authorized
update ride set next_attempt_at = null where id = id_of('authorized')

a RIDE of which only the path is known | I6 | verdicts.RIDE_INCOMPLETE | rendered
update ride set rendered_at = null where id = id_of('rendered')

one number on two documents | I7 | numbers.NUMBER_TWICE | -
update document d set (sequence_number, number) = (s.sequence_number, s.number) from document s
where d.reference = 'parked' and s.reference = 'signed'

numbers taken that no document has | I7 | numbers.GAP | -
update sequence set next_number = next_number + 3

a number missing in between | I7 | numbers.GAP | -
update document set sequence_number = (select next_number from sequence where tenant_id = ana() limit 1)
where reference = 'signed';
update sequence set next_number = next_number + 1 where tenant_id = ana()

a counter that would give a number again | I7 | numbers.COUNTER_BEHIND | -
update sequence set next_number = 2 where tenant_id = ana()

a signed version among another taxpayer's rows | I8 | identity.TENANTS_MIXED | signed
update emission set tenant_id = beto() where document_id = id_of('signed')

a RIDE among another taxpayer's rows | I8 | identity.TENANTS_MIXED | rendered
update ride set tenant_id = beto() where id = id_of('rendered')

a run among another taxpayer's rows | I8 | identity.TENANTS_MIXED | signed
insert into jobs.run (tenant_id, document_id, message_id, actor, queue, arguments, attempt, state, enqueued_at, worker)
values (beto(), id_of('signed'), 'm', 'a', 'q', '{}', 1, 'running', now(), 'w')

a document signed with another taxpayer's certificate | I8 | identity.SIGNED_BY_ANOTHER | signed
update emission set certificate_id = (select id from certificate where tenant_id = beto())
where document_id = id_of('signed')

an access key with another taxpayer's RUC | I8 | identity.KEY_OF_ANOTHER_RUC | beto
update tenant set ruc = '1790000000001' where id = beto()

a RIDE that is another taxpayer's file | I8 | identity.FILE_OF_ANOTHER | rendered
update ride r set path = b.path, sha256 = b.sha256 from ride b where r.id = id_of('rendered') and b.id = id_of('beto')

a delivery among another taxpayer's rows | I8 | identity.TENANTS_MIXED | rendered
update delivery set tenant_id = beto() where document_id = id_of('rendered')

a RIDE that nobody plans to deliver | I6 | deliveries.NOT_PLANNED | rendered
update ride set deliveries = null, rendered_at = now() - interval '11 minutes' where id = id_of('rendered')

a planned delivery that is gone | I6 | deliveries.DELIVERY_LOST | rendered
delete from delivery where document_id = id_of('rendered')

a delivery twice on one occasion | I6 | deliveries.DELIVERED_TWICE | rendered
insert into delivery (tenant_id, document_id, address, kind, occasion, next_attempt_at)
select tenant_id, document_id, address, kind, occasion, next_attempt_at from delivery
where document_id = id_of('rendered')

a delivery of what is not authorized | I6 | deliveries.DELIVERED_TOO_SOON | signed
insert into delivery (tenant_id, document_id, address, kind, occasion, outcome)
values (ana(), id_of('signed'), '', 'first', 'authorized', 'no_address')

a delivery that nothing moves | I2 | deliveries.DELIVERY_FORGOTTEN | rendered
update delivery set next_attempt_at = null where document_id = id_of('rendered')

a delivery due and never published | I3 | deliveries.DELIVERY_STUCK | rendered
update delivery set next_attempt_at = now() - interval '3 minutes', published_at = null
where document_id = id_of('rendered')

a delivery that waits for a person and does not say why | I10 | progress.MUTE_WAIT | rendered
update delivery set next_attempt_at = null, needs_person_since = now(), needs_person_code = 'mail_undelivered'
where document_id = id_of('rendered')

a failure without its cause | I10 | progress.MUTE_FAILURE | -
update jobs.run set error = '' where state = 'failed'

a document that waits for a person and does not say why | I10 | progress.MUTE_WAIT | parked
update document set needs_person_reason = null where reference = 'parked'

a RIDE that waits for a person and does not say why | I10 | progress.MUTE_WAIT | authorized
update ride set next_attempt_at = null, needs_person_since = now(), needs_person_code = 'failed'
where id = id_of('authorized')

one due time ticked twice | I11 | progress.TICK_TWICE | -
insert into jobs.tick (schedule, due_at, origin, by) select schedule, due_at, origin, by from jobs.tick

a tick nobody took | I11 | progress.TICK_UNFINISHED | -
update jobs.tick set created_at = now() - interval '11 minutes' where outcome = 'due'

a tick that never ends | I11 | progress.TICK_UNFINISHED | -
update jobs.tick set started_at = now() - interval '11 minutes' where outcome = 'running'
"""


def _damage(block: str) -> Damage:
    head, _, sql = block.partition("\n")
    what, invariant, rule, reference = head.split(" | ")
    module, _, name = rule.partition(".")
    modules = {
        "deliveries": deliveries,
        "identity": identity,
        "numbers": numbers,
        "progress": progress,
        "verdicts": verdicts,
    }
    return Damage(what, invariant, getattr(modules[module], name), reference, sql)


DAMAGES = tuple(map(_damage, _BLOCKS.strip().split("\n\n")))
