"""What else must go (what names people and machines) and what must stay, as customers and engineers write it."""

from redaction_secrets import Sample, measured

_PERSONAL = {
    "email": (
        (
            "Please answer to {}.",
            (
                "mira.kovac@northwind.example",
                "j+news@mail.co.example",
                "o'brien@x.example",
                "M.Kovac@NORTHWIND.EXAMPLE",
            ),
        ),
        ("From: Mira <{}>", ("mira_k@sub.northwind.example", "mk1974@posteo.example")),
        ("{} cannot sign in", ("info-2@xn--mller-kva.example", "søren@fjord.example", "first.last-name@a-b.example")),
        ("mailto:{}?subject=x", ("abuse@net.example", "q@q.example", "a.b.c@deep.sub.domain.example")),
        ("write me: {}", ("mira (at) northwind.example", "mira [at] northwind [dot] example")),
    ),
    "phone": (
        (
            "You can reach me at {}",
            ("+44 20 7946 0123", "+1-415-555-0199", "+49 (0)30 901820", "+81 3-1234-5678", "+33 6 12 34 56 78"),
        ),
        ("Tel.: {}", ("030/901820", "0221 4710-99", "(030) 901 820 11", "555-0199-12")),
        ("call {} before noon", ("415-555-0123", "(212) 555-0147", "020 7946 0111")),
        ("Mobil {}", ("0171 2345678", "0049 171 2345678")),
        (
            "WhatsApp: {}",
            ("+55 11 91234-5678", "+91 98765 43210", "+46 70 123 45 67", "+48 601 234 567", "+351 912 345 678"),
        ),
    ),
    "ip": (
        ("Our proxy is {}", ("198.51.100.7", "203.0.113.99", "10.11.12.13", "172.16.4.250", "192.168.178.23")),
        ("connect to {}:8443 refused", ("198.51.100.201", "10.0.12.7")),
        ("from {} port 22", ("203.0.113.5", "2001:db8:0:1::7f", "fe80::1ff:fe23:4567:890a")),
        ("[{}]:443", ("2001:db8:85a3::8a2e:370:7334",)),
    ),
    "mac": (("The printer ({}) drops off", ("3c:22:fb:9a:01:7e", "3C-22-FB-9A-01-7E", "3c22.fb9a.017e")),),
    "card": (
        (
            "I paid with {}",
            (
                "4242 4242 4242 4242",
                "5555-5555-5555-4444",
                "4012888888881881",
                "371449635398431",
                "6011 1111 1111 1117",
            ),
        ),
    ),
    "iban": (
        (
            "refund to {}",
            (
                "DE02 1203 0000 0000 2020 51",
                "FR1420041010050500013M02606",
                "NL91 ABNA 0417 1643 00",
                "AT611904300234573201",
            ),
        ),
    ),
    "path": (
        (r"see C:\Users\{}\AppData\Local\x.log", ("mkovac", "Mira.Kovac")),
        ("/home/{}/.config/x.toml was not found", ("mkovac", "mira-k")),
        ("/Users/{}/Desktop/export.csv", ("mira", "mkovac2")),
    ),
    "id": (
        ("SSN {}", ("078-05-1120", "219-09-9999")),
        ("passport number {}", ("L898902C3", "C4711X08")),
        ("customer no. {}", ("88-12345-6", "K0048151623")),
        ("Kundennummer: {}", ("200345671", "DE-88123")),
        ("contract number {}", ("V-2026-00471",)),
        ("born on {}", ("04.07.1976", "1976-07-04")),
        ("date of birth: {}", ("07/04/1976",)),
        ("VAT ID {}", ("DE811907980",)),
    ),
}
PERSONAL = [
    Sample(kind, wording.format(value), value)
    for kind, wordings in _PERSONAL.items()
    for wording, values in wordings
    for value in values
]

BENIGN = r"""
Hi there, since this morning the invoices list is empty for everybody in our team.
It used to work before the update to 8.4.2.
Could you have a look? We need it by Friday, 27 November 2026, 17:00.
Steps: 1. open Reports, 2. choose "Last 30 days", 3. press Export.
Expected: 12,480 rows. Actual: 500 rows.
Thanks for the quick answer, the workaround with two filters does the job for now.
Sorry, I attached the wrong screenshot; image002.png is the right one.
The button is grey until I reload the page twice.
Nothing happens when I click on Save; the spinner turns for 2-3 minutes.
I reset my password yesterday and since then I get logged out every 10 minutes.
My colleague can log in with the same browser, I cannot.
Is there a way to raise the limit from 100 to 1,000 users?
We are on the Enterprise plan, 250 seats, EU region.
The password field does not accept more than 32 characters.
Please enter your password again to continue.
Forgot password link leads to a 404 page.
The token has expired, please sign in again.
Where do I find the API key in the new settings?
Access token and refresh token are both required by the endpoint.
You can create a secret under Settings, Security.
Our security team asks for SOC 2, ISO 27001 and TLS 1.3.
Two-factor authentication is enabled for all admins.
The verification code never arrives by SMS.
Then it says: Error 403: you do not have permission to view this page.
HTTP/1.1 502 Bad Gateway
GET /api/v2/invoices?page=3&per_page=100&sort=desc HTTP/1.1
Content-Type: application/json; charset=utf-8
Accept-Encoding: gzip, deflate, br
User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0
Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36
2026-11-22 09:14:03,512 ERROR [worker-7] export failed after 30000 ms
2026-11-22T09:14:03.512Z WARN  retrying in 5s (attempt 3 of 5)
Nov 22 09:14:03 app systemd[1]: Started nightly export.
Traceback (most recent call last):
  File "/usr/lib/python3.11/json/decoder.py", line 355, in raw_decode
    raise JSONDecodeError("Expecting value", s, err.value) from None
json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)
java.lang.NullPointerException: Cannot invoke "String.length()" because "name" is null
    at com.example.billing.InvoiceService.export(InvoiceService.java:214)
    at java.base/java.lang.Thread.run(Thread.java:1583)
TypeError: Cannot read properties of undefined (reading 'map')
    at Array.map (<anonymous>) in main.4f3a9c1e.js:2:48211
Error: ENOENT: no such file or directory, open '/var/lib/app/cache/index.json'
SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate entry
ORA-00942: table or view does not exist
panic: runtime error: index out of range [5] with length 3
Segmentation fault (core dumped)
exit status 137
npm ERR! code ELIFECYCLE
pip install supportdesk==0.1.0
docker run --rm -p 8080:80 nginx:1.27.2-alpine
kubectl get pods -n billing -o wide
git checkout 4f3a9c1e && git bisect start
commit 9fceb02d0ae598e95dc970b74767f19372d61af8
sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
Build 20261122.4, revision r48213, channel stable
Version 131.0.6778.86 (Official Build) (64-bit)
macOS 15.1.1 (24B91), Safari 18.1
Windows 11 Pro 24H2, build 26100.2314
Android 15, app 7.12.0 (71200431)
SELECT id, total FROM invoices WHERE created_at >= '2026-01-01' LIMIT 500;
UPDATE settings SET value = 'on' WHERE name = 'beta_export';
def total(rows): return sum(row.amount for row in rows)
for (let i = 0; i < items.length; i += 1) { render(items[i]); }
if (user.isAdmin && !user.locked) { return allow(); }
const limit = Math.min(page * 100, 10_000);
public static void main(String[] args) { run(args); }
<div class="row" id="invoice-list" data-page="3"></div>
.table-row:nth-child(2n+1) { color: #1f6f78; margin: 0 8px; }
{"page": 3, "per_page": 100, "sort": "desc", "filter": {"state": "open"}}
retries: 5, timeout: 30s, backoff: 2.0
[export] max_rows = 500
export PATH=/usr/local/bin:/usr/bin:/bin
chmod 644 /etc/app/config.yaml
C:\Program Files\Example\bin\example.exe --verbose
The file is in C:\Users\Public\Documents\Exports.
https://docs.example.com/en/latest/export.html#limits
https://status.example.com/incidents/2026-11-21
Please see https://help.example.com/hc/en-us/articles/360012345678-Export-limits
Our shop has 3 warehouses, 14 shelves each, 1,200 parts.
Order 48213 was shipped on 2026-11-20 and arrived two days later.
Invoice INV-2026-0042 shows 19 % VAT instead of 7 %.
Ticket #48213 and ticket #48219 describe the same thing.
The total of 1.234,56 EUR should be 1.243,65 EUR.
We counted 3,141,592 rows in 27 tables.
Ratio 16:9, resolution 1920x1080, 60 Hz, scale 125 %
Between 10:00 and 10:15:30 nothing was processed.
It takes 45 s, sometimes 1 min 20 s.
localhost:3000 works, 127.0.0.1:3000 as well.
listening on 0.0.0.0:8080
subnet mask 255.255.255.0, port 443, protocol TCP
The driver 31.0.101.5590 fixes it for Intel.
Firmware 1.2.3.4 is installed on all printers.
UUID 123e4567-e89b-12d3-a456-426614174000 is not found.
Set-Cookie is missing in the answer.
The cookie banner covers the whole page.
Bearer authentication is not supported for this endpoint.
Basic auth is switched off by default.
The secret to faster reports is an index.
A key is missing in the translation file: "export.done".
Press Ctrl+Shift+R or use a private window.
The code 0x80070005 means access denied.
CVE-2026-12345 does not affect us, does it?
RFC 6749 section 4.1 says so.
UTF-8 with BOM, ISO-8859-15 or Windows-1252?
Ich habe den Cache geleert, leider ohne Erfolg.
Seit dem Update auf 8.4 fehlen die Umlaute: "Größe" wird zu "GrÃ¶ÃŸe".
Le bouton « Exporter » reste grisé après la mise à jour.
El informe tarda más de 10 minutos en abrirse.
Export kończy się po 500 wierszach.
导出到第 500 行就停止了。
エクスポートが500行で止まります。
تصدير الملف يتوقف عند الصف 500.
Kind regards and have a nice weekend!
Sent from my phone, please excuse typos.
""".strip("\n").split("\n")  # a line is easier to read as a line

PERSONAL_MEASURED = [one for one in PERSONAL if measured(one.line)]
BENIGN_MEASURED = [line for line in BENIGN if measured(line)]
