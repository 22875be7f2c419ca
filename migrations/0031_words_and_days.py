"""What an accountant looks for: a word of the buyer's name, and the day a document was issued; exports for Excel.

Each step commits by itself, and doing one again changes nothing: writers wait only while one reading of the
table finds the few rows of an index.
"""

atomic = False

# No uniqueness: of two who bring the same new name at once neither waits for the other, and both write its words.
WORDS = """
create table if not exists buyer_word (
    tenant_id bigint not null,
    word text not null collate "C",
    buyer_key text not null collate "C"
);
create index if not exists buyer_word_begins on buyer_word (tenant_id, word, buyer_key);

create or replace function buyer_words(name text) returns setof text language sql immutable parallel safe as $$
    select distinct left(word, 40)
    from regexp_split_to_table(name collate "C", '[ -/:-@\\[-`{-~]') word where word <> ''
$$;
"""

# Asked before the row is there, so that rows of one statement do not take each other for what was there before; and by
# the one index there is, whatever is known of the table. No name is so long that an index could not hold it.
NOTING = """
create or replace function note_buyer_words() returns trigger language plpgsql set enable_seqscan = off as $$
begin
    perform from buyer_word
    where tenant_id = new.tenant_id and buyer_key = new.buyer_key
        and word = left(substring(new.buyer_key from '[^ -/:-@\\[-`{-~]+'), 40);
    if not found and octet_length(new.buyer_key) <= 2000 then
        insert into buyer_word select new.tenant_id, word, new.buyer_key from buyer_words(new.buyer_key) word;
    end if;
    return new;
end $$;
create or replace trigger buyer_noted before insert on document for each row execute function note_buyer_words();
create or replace trigger buyer_noted_anew before update of buyer_key on document
    for each row when (old.buyer_key <> new.buyer_key) execute function note_buyer_words();
"""

ALREADY_THERE = """
insert into buyer_word
select %(tenant)s, word, buyer_key
from (select distinct buyer_key from document where tenant_id = %(tenant)s and octet_length(buyer_key) <= 2000) named,
    buyer_words(buyer_key) word
"""

DAYS = """
create index if not exists document_issued_another_day on document (tenant_id, issue_date, id)
    where issue_date <> (created_at at time zone 'America/Guayaquil')::date
"""

EXPORTS = """
alter table export add column if not exists layout text not null default 'plain' check (layout in ('plain', 'excel')),
    add column if not exists amounts jsonb not null default '{}';
comment on column export.amounts is 'by type of document, how many and their total';
"""


def up(migrator, db):
    """Additive; the code of before neither reads nor minds any of it."""
    with db.atomic():
        db.execute_sql(WORDS)
        if not db.execute_sql("select 1 from pg_policy where polrelid = 'buyer_word'::regclass").fetchone():
            db.execute_sql("select jobs.protect('buyer_word'::regclass)")
    with db.atomic():
        db.execute_sql(NOTING)
    for (tenant,) in db.execute_sql("select id from tenant_directory order by id").fetchall():
        with db.atomic():
            db.execute_sql("select set_config('autoriza.tenants', %s, true)", (str(tenant),))
            db.execute_sql("delete from buyer_word where tenant_id = %s", (tenant,))
            db.execute_sql(ALREADY_THERE, {"tenant": tenant})
    for step in (DAYS, EXPORTS):
        with db.atomic():
            db.execute_sql(step)
