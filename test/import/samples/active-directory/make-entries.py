"""Writes the entries that are loaded into slapd to have ldapsearch print them in Active Directory's shape."""
import base64, sys, uuid

def guid(number):
    return base64.b64encode(uuid.UUID(int=0x0F6B1C1E6A534C0E9D0F2F3F6D1A1000 + number).bytes_le).decode()

out = []
def entry(dn, attributes):
    for name, value in [("dn", dn)] + attributes:
        if name == "objectGUID":
            out.append(f"{name}:: {value}")
        else:
            out.append(f"{name}:: {base64.b64encode(value.encode()).decode()}")
    out.append("")

root = "DC=harbour,DC=example"
people = "OU=People," + root
groups = "OU=Groups," + root
must = [("instanceType", "4"), ("nTSecurityDescriptor", "x"), ("objectCategory", "CN=Person," + root)]
entry(root, [("objectClass", "dcObject"), ("objectClass", "organization"), ("dc", "harbour"), ("o", "Harbour")])
for ou in ("People", "Groups"):
    entry(f"OU={ou},{root}", [("objectClass", "organizationalUnit"), ("ou", ou)])

def person(number, cn, sn, upn, more, classes=("user",)):
    entry(f"CN={cn.replace(',', chr(92) + ',')},{people}",
          [("objectClass", c) for c in ("organizationalPerson", *classes, "extensibleObject")]
          + must + [("cn", cn), ("sn", sn), ("objectGUID", guid(number)), ("userPrincipalName", upn)] + more)

slack = f"CN=Slack users,{groups}"
staff = f"CN=All staff,{groups}"
person(1, "Åsa Ängström", "Ängström", "asa.angstrom@harbour.example", [
    ("givenName", "Åsa"), ("displayName", "Ängström, Åsa"), ("mail", "asa.angstrom@harbour.example"),
    ("title", 'Chief, "Everything"'), ("department", "Executive Office"), ("company", "Harbour"),
    ("sAMAccountName", "asaang"), ("userAccountControl", "512"), ("memberOf", slack),
    ("proxyAddresses", "SMTP:asa.angstrom@harbour.example"), ("proxyAddresses", "smtp:chief@harbour.example")])
person(2, "田中 さくら", "田中", "sakura.tanaka@harbour.example", [
    ("givenName", "さくら"), ("displayName", "田中 さくら"), ("mail", "sakura.tanaka@harbour.example"),
    ("title", "Engineer; Sensors"), ("department", "R&D"), ("company", "Harbour"), ("l", "東京"), ("telephoneNumber", "+81 3 1234 5678"),
    ("employeeID", "0042"), ("sAMAccountName", "tanaka"), ("userAccountControl", "66048"), ("memberOf", slack),
    ("manager", f"CN=Åsa Ängström,{people}")])
person(3, "O'Brien-Smith, Pat", "O'Brien-Smith", "pat.o'brien-smith@harbour.example", [
    ("givenName", "Pat"), ("displayName", "O'Brien-Smith, Pat"), ("mail", "pat.o'brien-smith@harbour.example"),
    ("sAMAccountName", "pobrien"), ("userAccountControl", "514"), ("memberOf", slack), ("memberOf", staff),
    ("manager", f"CN=田中 さくら,{people}")])
person(4, "HARBOUR-PC-7", "x", "pc7@harbour.example", [("sAMAccountName", "HARBOUR-PC-7$"), ("userAccountControl", "4096")],
       classes=("user", "computer"))

def group(number, cn, members, more=()):
    entry(f"CN={cn},{groups}", [("objectClass", "group"), ("objectClass", "extensibleObject"), ("groupType", "-2147483646")] + must
          + [("cn", cn), ("objectGUID", guid(number)), ("sAMAccountName", cn)] + [("member", member) for member in members] + list(more))

group(101, "Slack users", [f"CN=Åsa Ängström,{people}", f"CN=田中 さくら,{people}", f"CN=O'Brien-Smith\\, Pat,{people}"], [("memberOf", staff)])
group(102, "All staff", [slack, f"CN=O'Brien-Smith\\, Pat,{people}"], [("description", "Everybody")])
sys.stdout.write("\n".join(out) + "\n")
