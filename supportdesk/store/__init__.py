"""What stays on this machine: the ledger (precious, appended to) and the cache (thrown away and rebuilt at will).

`ledger` is TinyDB over `journal`, an append-only file that cannot be torn; `cache` is sqlite3. Import them by module:
the first frame needs the cache alone and must not wait for TinyDB.
"""
