#!/usr/bin/env bash
# From nobody to somebody in Slack with curl alone: get a token, make a person and the application, assign, connect, map,
# provision, read the log. Set MUSTER (where the service answers), TENANT, CLIENT_ID and CLIENT_SECRET (what `muster client
# create` printed), SLACK and SLACK_TOKEN (the workspace); CACERT is the authority that `muster tls init` named.
set -euo pipefail

graph() { # METHOD PATH [BODY]
  curl --silent --show-error --fail-with-body ${CACERT:+--cacert "$CACERT"} --request "$1" "$MUSTER/v1.0$2" \
    --header "Authorization: Bearer $TOKEN" --header 'Content-Type: application/json' --data-binary "${3:-}"
}
first() { # the first member of that name in what comes in
  sed -E "s/^.*\"$1\":\"([^\"]*)\".*\$/\1/" < <(grep -oE "\"$1\":\"[^\"]*\"" | head -n 1)
}
name=ada.${SUFFIX:-journey}

TOKEN=$(curl --silent --show-error --fail-with-body ${CACERT:+--cacert "$CACERT"} "$MUSTER/$TENANT/oauth2/v2.0/token" \
  --data-urlencode grant_type=client_credentials --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "client_secret=$CLIENT_SECRET" --data-urlencode "scope=$MUSTER/.default" | first access_token)

person=$(graph POST /users '{"accountEnabled": true, "displayName": "Ada Journey", "jobTitle": "Captain",
  "mail": "'"$name"'@example.com", "mailNickname": "'"$name"'", "userPrincipalName": "'"$name"'@example.com",
  "passwordProfile": {"password": "Wonderful-1"}}' | first id)

template=$(graph GET "/applicationTemplates?\$filter=displayName+eq+'Slack'" | first id)
principal=$(graph POST "/applicationTemplates/$template/instantiate" '{"displayName": "Slack by curl"}' |
  sed 's/^.*"servicePrincipal"://' | first id)
app=/servicePrincipals/$principal
role=18d14569-c3bd-439b-9a66-3a2aee01d14f # "User", which every application of the gallery begins with
graph POST "$app/appRoleAssignedTo" \
  '{"principalId": "'"$person"'", "resourceId": "'"$principal"'", "appRoleId": "'"$role"'"}' >/dev/null

id=$(graph POST "$app/synchronization/jobs" '{"templateId": "Slack"}' | first id)
job=$app/synchronization/jobs/$id
secrets='[{"key": "BaseAddress", "value": "'"$SLACK"'"}, {"key": "SecretToken", "value": "'"$SLACK_TOKEN"'"}]'
graph POST "$job/validateCredentials" '{"credentials": '"$secrets"'}'
echo 'Connected.'
graph PUT "$app/synchronization/secrets" '{"value": '"$secrets"'}'

# The department goes where the job title would.
graph PUT "$job/schema" "$(graph GET "$job/schema" | sed 's/"expression":"\[jobTitle\]","name":"jobTitle"/"name":"department"/')"

graph POST "$job/provisionOnDemand" '{"parameters": [{"ruleId": "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8",
  "subjects": [{"objectId": "'"$person"'", "objectTypeName": "User"}]}]}' |
  grep -oE '\\"action\\":\\"[A-Za-z]+' | sed 's/.*"/Provisioned on demand: /'

graph POST "$job/start"
until ended=$(graph GET "$job" | grep -oE '"lastExecution":\{[^{]*"state":"[A-Za-z]+"'); do sleep 1; done
echo "The cycle has ended: $(first state <<<"$ended")"

page="/auditLogs/provisioning?\$filter=jobId+eq+'$id'+and+provisioningAction+ne+'other'&\$select=provisioningAction,sourceIdentity&\$top=2"
while [ -n "$page" ]; do
  entries=$(graph GET "$page")
  grep -oE '"provisioningAction":"[A-Za-z]+","sourceIdentity":\{"id":"[^"]*","displayName":"[^"]*"' <<<"$entries" |
    sed -E 's/^"provisioningAction":"([A-Za-z]+)".*"displayName":"([^"]*)"$/\1 \2/' || true
  page=$(first '@odata.nextLink' <<<"$entries" | sed 's/^.*\/v1\.0//' || true)
done
