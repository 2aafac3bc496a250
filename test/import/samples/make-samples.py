"""Makes the samples that Python's csv and json modules write. Run in this folder: python3 make-samples.py"""

import csv
import json

ids = {
    "chief": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0001",
    "tanaka": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0002",
    "obrien": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0003",
    "guest": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0004",
    "mono": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0005",
    "staff": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0101",
    "slack": "0f6b1c1e-6a53-4c0e-9d0f-2f3f6d1a0102",
}

user_columns = (
    "userPrincipalName,displayName,surname,mail,givenName,id,userType,jobTitle,department,accountEnabled,usageLocation,"
    "streetAddress,state,country,officeLocation,city,postalCode,telephoneNumber,mobilePhone,alternateEmailAddress,ageGroup,"
    "consentProvidedForMinor,legalAgeGroupClassification,companyName,creationType,directorySynced,invitationState,"
    "identityIssuer,createdDateTime"
).split(",")

people = [
    {
        "userPrincipalName": "asa.angstrom@harbour.example",
        "displayName": "Åsa Ängström",
        "surname": "Ängström",
        "givenName": "Åsa",
        "mail": "asa.angstrom@harbour.example",
        "id": ids["chief"],
        "userType": "Member",
        "jobTitle": 'Chief, "Everything"',
        "department": "Executive\nOffice",
        "accountEnabled": True,
        "usageLocation": "SE",
        "telephoneNumber": "+46 8 123 45",
        "createdDateTime": "8/19/2021 1:25:31 PM",
    },
    {
        "userPrincipalName": "sakura.tanaka@harbour.example",
        "displayName": "田中 さくら",
        "surname": "田中",
        "givenName": "さくら",
        "mail": "sakura.tanaka@harbour.example",
        "id": ids["tanaka"],
        "userType": "Member",
        "jobTitle": "Engineer; Sensors",
        "department": "R&D",
        "accountEnabled": True,
        "usageLocation": "JP",
        "city": "東京",
        "createdDateTime": "12/1/2022 12:00:00 AM",
    },
    {
        "userPrincipalName": "pat.o'brien-smith@harbour.example",
        "displayName": "O'Brien-Smith, Pat",
        "surname": "O'Brien-Smith",
        "givenName": "Pat",
        "mail": "pat.o'brien-smith@harbour.example",
        "id": ids["obrien"],
        "userType": "Member",
        "jobTitle": "=1+3",
        "accountEnabled": False,
        "createdDateTime": "1/2/2023 11:59:59 PM",
    },
    {
        "userPrincipalName": "jo_partner.example#EXT#@harbour.example",
        "displayName": "Jo (Partner)",
        "mail": "jo@partner.example",
        "id": ids["guest"],
        "userType": "Guest",
        "accountEnabled": True,
        "invitationState": "Accepted",
        "createdDateTime": "1/2/2023 9:05:00 AM",
    },
    {
        "userPrincipalName": "suharto@harbour.example",
        "displayName": "Suharto",
        "givenName": "Suharto",
        "mail": "",
        "id": ids["mono"],
        "userType": "Member",
        "accountEnabled": True,
        "createdDateTime": "1/2/2023 9:05:00 AM",
    },
]
managers = {"tanaka": "chief", "obrien": "tanaka", "mono": "tanaka"}
members = {"staff": ["slack", "mono"], "slack": ["chief", "tanaka", "obrien", "guest"]}
group_names = {"staff": "All staff", "slack": "Slack users"}


def write_csv(name, columns, rows):
    with open(name, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, dialect="excel")
        writer.writeheader()
        writer.writerows(rows)


write_csv("python-csv/exportUsers_2026-11-25.csv", user_columns, people)
write_csv(
    "python-csv/exportGroup_2026-11-25.csv",
    "id,displayName,groupType,membershipType,source,mail,securityEnabled,mailEnabled,isAssignableToRole,onPremisesSyncEnabled".split(","),
    [
        {
            "id": ids[key],
            "displayName": name,
            "groupType": "Security",
            "membershipType": "Assigned",
            "source": "Cloud",
            "securityEnabled": True,
            "mailEnabled": False,
        }
        for key, name in group_names.items()
    ],
)
by_id = {person["id"]: person for person in people}
for key, list_of in members.items():
    rows = []
    for member in list_of:
        person = by_id.get(ids[member])
        rows.append(
            {
                "id": ids[member],
                "userPrincipalName": person["userPrincipalName"] if person else "",
                "displayName": person["displayName"] if person else group_names[member],
                "objectType": "User" if person else "Group",
                "userType": person["userType"] if person else "",
                "isUser": bool(person),
                "isGroup": not person,
                "isGuest": bool(person) and person["userType"] == "Guest",
            }
        )
    columns = "id,userPrincipalName,displayName,objectType,userType,isUser,isGroup,isGuest".split(",")
    write_csv(f"python-csv/exportGroupMembers_2026-11-25-{group_names[key]}.csv", columns, rows)

# What Excel calls "Unicode text": UTF-16 with byte order mark, tabs between the cells.
with open("python-csv/users-utf16.txt", "w", encoding="utf-16", newline="") as file:
    writer = csv.DictWriter(file, user_columns, dialect="excel-tab")
    writer.writeheader()
    writer.writerows(people)

graph_names = "id userPrincipalName displayName givenName surname mail jobTitle department accountEnabled usageLocation city userType".split()


def graph_user(person):
    user = {name: person.get(name) or None for name in graph_names}
    user["accountEnabled"] = person["accountEnabled"]
    user["businessPhones"] = [person["telephoneNumber"]] if "telephoneNumber" in person else []
    user["onPremisesExtensionAttributes"] = {f"extensionAttribute{number}": None for number in range(1, 16)}
    for key, manager in managers.items():
        if ids[key] == person["id"]:
            user["manager"] = {"@odata.type": "#microsoft.graph.user", "id": ids[manager]}
    return user


def graph_group(key):
    return {
        "id": ids[key],
        "displayName": group_names[key],
        "groupTypes": [],
        "securityEnabled": True,
        "mailEnabled": False,
        "members": [
            {"@odata.type": "#microsoft.graph." + ("group" if member in group_names else "user"), "id": ids[member]}
            for member in members[key]
        ],
    }


context = "https://graph.microsoft.com/v1.0/$metadata#"
users = {"@odata.context": context + "users", "value": [graph_user(person) for person in people]}
groups = {"@odata.context": context + "groups(members())", "value": [graph_group(key) for key in group_names]}
with open("python-json/users.json", "w", encoding="utf-8") as file:
    json.dump(users, file)
with open("python-json/groups.json", "w", encoding="utf-8") as file:
    json.dump(groups, file, ensure_ascii=False, indent=4)
