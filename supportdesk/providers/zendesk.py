"""Zendesk Support as flows: an agent's API only, since incremental exports are for admins.

Every call, with the parameters and the fields that are read (paths are below the account's URL):

    GET /api/v2/users/me.json                     user{id name email role role_type only_private_comments}
    GET /api/v2/users/search.json                 query=WORDS → users[]{id name email role}
    GET /api/v2/views.json                        active=true + cursor → views[]{id title active}
    GET /api/v2/views/{id}/tickets.json           include=users,organizations + cursor → tickets[] + side-loads
    GET /api/v2/search.json                       query=… sort_by=updated_at sort_order=desc per_page=100 page=1…10
                                                  include=tickets(users,organizations) → results[] next_page + side-loads
    GET /api/v2/tickets/show_many.json            ids=1,2,… include=users,organizations → tickets[] + side-loads
    GET /api/v2/tickets/{id}.json                 include=users,organizations → ticket + side-loads
    GET /api/v2/tickets/{id}/comments.json        include=users + cursor → comments[] users[]
    GET /api/v2/tickets/{id}/audits.json          sort=-created_at + cursor → audits[]{id metadata.custom.sd_op events[]}
    PUT /api/v2/tickets/{id}.json                 {"ticket": {safe_update updated_stamp metadata{sd_op} comment{body public}
                                                  status assignee_id priority tags}} → ticket + audit; 409, 422

    cursor      page[size]=100, then page[after]=meta.after_cursor; read: meta.has_more, links.next (its origin only)
    queries     `type:ticket status<solved` · `type:ticket updated>=2026-10-01T08:55:00Z`, each followed past row 1,000
                by ` updated<=2026-09-30T10:00:00Z`
    ticket      id subject status priority requester_id assignee_id organization_id email_cc_ids collaborator_ids
                follower_ids tags custom_fields[]{id value} comment_count created_at updated_at
    side-loads  users[]{id name email role organization_id} organizations[]{id name}
    comment     id author_id public plain_body body created_at via.channel
                attachments[]{id file_name size content_type content_url malware_scan_result}
    event       type public via.channel
    409         error: UpdateConflict | DatabaseConflict      422  description details{field: [{description}]}

https://developer.zendesk.com/api-reference/ticketing/introduction/
"""
