// A rule pack of staff with one masked column, and a watch that tells of it.
export const staffPack = `pack: staff
version: 1
entities:
  users: { entity: user, id: [user_id], actor: changed_by, mask: [iban] }
rules:
  - name: role-changed
    version: 1
    type: user.role_changed
    on: { table: users, operation: insert }
    confidence: 0.9
    payload: { new_role: after.role, account: after.iban }
watch:
  - name: role-escalation
    detector: self
    events: [user.role_changed]
    severity: high
`;
