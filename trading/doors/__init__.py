"""One definition, two doors: a noun is declared once and gets its API and its pages.

A `Door` names the noun, the rows a person may see, how a record reads, and the input of each act. `api.urls(door)`
makes the operations of `/api/v1/<nouns>/…`, `pages.urls(door)` the pages of `/<nouns>/…`; both end in the same
`perform`.
"""
