using System.Data.Common;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Xml.Linq;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Tests.Secrets.Masking;

public sealed class EncodingTests
{
    private static readonly Dictionary<string, Func<string, string>> Encodings = new()
    {
        ["as it is"] = static s => s,
        ["Uri.EscapeDataString"] = Uri.EscapeDataString,
        ["UrlEncoder"] = UrlEncoder.Default.Encode,
        ["WebUtility.UrlEncode"] = WebUtility.UrlEncode!,
        ["HttpUtility.UrlEncode, lower case"] = System.Web.HttpUtility.UrlEncode!,
        ["URL in lower case, %20"] = static s => string.Concat(Encoding.UTF8.GetBytes(s).Select(static b => char.IsAsciiLetterOrDigit((char)b) ? ((char)b).ToString() : $"%{b:x2}")),
        ["every byte as %XX"] = static s => string.Concat(Encoding.UTF8.GetBytes(s).Select(static b => $"%{b:X2}")),
        ["URL twice"] = static s => Uri.EscapeDataString(Uri.EscapeDataString(s)),
        ["old %u escapes"] = static s => string.Concat(s.Select(static c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"%u{(int)c:X4}")),
        ["WebUtility.HtmlEncode"] = WebUtility.HtmlEncode!,
        ["HtmlEncoder"] = HtmlEncoder.Default.Encode,
        ["XML text"] = static s => new XText(s).ToString(),
        ["XML attribute"] = static s => new XAttribute("a", s).ToString(),
        ["SecurityElement.Escape"] = SecurityElement.Escape!,
        ["decimal entities"] = static s => string.Concat(s.EnumerateRunes().Select(static r => $"&#{r.Value};")),
        ["hexadecimal entities"] = static s => string.Concat(s.EnumerateRunes().Select(static r => $"&#x{r.Value:x};")),
        ["JSON"] = static s => JsonSerializer.Serialize(s),
        ["relaxed JSON"] = static s => "\"" + JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(s) + "\"",
        ["JSON, lower hex"] = static s => string.Concat(s.Select(static c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"\\u{(int)c:x4}")),
        ["JSON with \\/"] = static s => JsonSerializer.Serialize(s).Replace("/", "\\/", StringComparison.Ordinal),
        ["JSON in JSON"] = static s => JsonSerializer.Serialize(JsonSerializer.Serialize(new { s })),
        ["C# literal"] = static s => "\"" + s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + "\"",
        ["C# verbatim"] = static s => "@\"" + s.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"",
        ["C# interpolated"] = static s => "$@\"" + s.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal) + "\"",
        ["SQL"] = static s => "N'" + s.Replace("'", "''", StringComparison.Ordinal) + "'",
        ["MySQL"] = static s => "'" + s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'",
        ["SQL name"] = static s => "[" + s.Replace("]", "]]", StringComparison.Ordinal) + "]",
        ["shell, single quotes"] = static s => "'" + s.Replace("'", "'\\''", StringComparison.Ordinal) + "'",
        ["shell, mixed quotes"] = static s => "'" + s.Replace("'", "'\"'\"'", StringComparison.Ordinal) + "'",
        ["shell, double quotes"] = static s => "\"" + string.Concat(s.Select(static c => c is '"' or '\\' or '$' or '`' ? $"\\{c}" : c.ToString())) + "\"",
        ["shell, printf %q"] = static s => string.Concat(s.Select(static c => char.IsLetterOrDigit(c) ? c.ToString() : $"\\{c}")),
        ["PowerShell"] = static s => "\"" + string.Concat(s.Select(static c => c is '"' or '`' or '$' ? $"`{c}" : c.ToString())) + "\"",
        ["cmd"] = static s => string.Concat(s.Select(static c => c is '&' or '<' or '>' or '|' or '^' or '"' ? $"^{c}" : c.ToString())),
        ["batch file"] = static s => s.Replace("%", "%%", StringComparison.Ordinal),
        ["compose file"] = static s => s.Replace("$", "$$", StringComparison.Ordinal),
        ["connection string"] = static s => new DbConnectionStringBuilder { ["Password"] = s, ["Server"] = "db" }.ConnectionString,
        ["ODBC connection string"] = static s => "Pwd={" + s.Replace("}", "}}", StringComparison.Ordinal) + "};",
        ["CSV"] = static s => "a,\"" + s.Replace("\"", "\"\"", StringComparison.Ordinal) + "\",b",
        ["Base64"] = static s => Convert.ToBase64String(Encoding.UTF8.GetBytes(s)),
        ["Base64 behind one byte"] = static s => Convert.ToBase64String(Encoding.UTF8.GetBytes("a" + s + "zz")),
        ["Base64 behind two bytes"] = static s => Convert.ToBase64String(Encoding.UTF8.GetBytes("ab" + s + "z")),
        ["Base64 of user:secret"] = static s => "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + s)),
        ["Base64 for URLs"] = static s => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes("user:" + s)),
        ["Base64 in JSON"] = static s => JsonSerializer.Serialize(Convert.ToBase64String(Encoding.UTF8.GetBytes(s))),
        ["Base64 in a URL"] = static s => "?key=" + Uri.EscapeDataString(Convert.ToBase64String(Encoding.UTF8.GetBytes(s))),
        ["Base64 in lines"] = static s => Convert.ToBase64String(Encoding.UTF8.GetBytes(new string('x', 50) + s + new string('y', 50)), Base64FormattingOptions.InsertLineBreaks),
        ["Base64 of UTF-16"] = static s => "powershell -EncodedCommand " + Convert.ToBase64String(Encoding.Unicode.GetBytes(string.Concat(s.Where(char.IsAscii)))),
        ["hex"] = static s => Convert.ToHexString(Encoding.UTF8.GetBytes(s)),
        ["lower hex"] = static s => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(s)),
        ["hex with dashes"] = static s => BitConverter.ToString(Encoding.UTF8.GetBytes(s)),
        ["hex with 0x"] = static s => "0x" + Convert.ToHexString(Encoding.UTF8.GetBytes(s)),
        ["hex in a list"] = static s => string.Join(", ", Encoding.UTF8.GetBytes(s).Select(static b => $"0x{b:x2}")),
        ["hex behind half a byte"] = static s => "a" + Convert.ToHexString(Encoding.UTF8.GetBytes(s)),
        ["UTF-8 read as Latin-1"] = static s => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(s)),
    };

    private static readonly string[] Secrets =
    [
        "canary-0 p'a\"s\\s<w>&o+r/d=%41;$x{y}[z]^`~äö€🚀",
        "correct horse battery staple",
        "hunter2",
        "s3cr3t!",
        "pa''ss\\\\w\"\"rd",
        "'quoted'",
        "a=b;c=d e",
        "Pässwörd?",
        "line\tone",
        "xY9+/xY9+/==",
        "{\"type\":\"service\",\"key\":\"" + "0123456789abcdef0123456789ABCDEF'" + "\\n0123456789abcdef0123456789abcdef\",\"more\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
    ];

    public static TheoryData<string> AllEncodings => [.. Encodings.Keys];

    [Theory]
    [MemberData(nameof(AllEncodings))]
    public void A_secret_is_masked_however_code_writes_it(string encoding)
    {
        foreach (var secret in Secrets)
        {
            // Only what can be read back from the text is a form of the secret; a sheet of UTF-16 has none of the letters that were left out.
            if (encoding == "Base64 of UTF-16" && !secret.All(char.IsAscii)) continue;

            var written = Encodings[encoding](secret);
            var masked = Redactor(secret).Redact($"before {written} after");
            Assert.Contains("***", masked, StringComparison.Ordinal);
            Assert.StartsWith("before ", masked, StringComparison.Ordinal);
            Assert.EndsWith(" after", masked, StringComparison.Ordinal);
            // Nothing of any length that could be put together again is left of it.
            foreach (var piece in Pieces(written, secret)) Assert.False(masked.Contains(piece, StringComparison.Ordinal), $"{encoding}: '{piece}' of '{written}' is left in '{masked}'");
        }
    }

    [Fact]
    public void At_least_twenty_eight_encodings_are_tried() => Assert.InRange(Encodings.Count, 28, 100);

    [Theory]
    [InlineData("test", "the latest release of production-testing", "the latest release of production-testing")]
    [InlineData("test", "user=test;", "user=***;")]
    [InlineData("admin", "administrators", "administrators")]
    [InlineData("4711", "at 2026-11-21T03:47:11 run 20264711", "at 2026-11-21T03:47:11 run 20264711")]
    [InlineData("4711", "PIN 4711.", "PIN ***.")]
    [InlineData("hunter2", "mysql -uroot -phunter2 app", "mysql -uroot -*** app")]
    [InlineData("hunter2", "xhunter2y and hunter2x", "*** and ***")]
    [InlineData("hunter2", "a\\nhunter2\\nb", "a\\n***\\nb")]
    [InlineData("test", "{\"a\":\"\\ntest\\n\"}", "{\"a\":\"\\n***\\n\"}")]
    [InlineData("master-key-1", "nothing of it", "nothing of it")]
    [InlineData("abc", "abc is too short", "abc is too short")]
    public void A_mask_covers_a_whole_token_and_never_a_part_of_a_word(string secret, string text, string masked) => Assert.Equal(masked, Redactor(secret).Redact(text));

    [Fact]
    public void Ordinary_text_stays_as_it_is()
    {
        var redactor = Redactor(Secrets);
        foreach (var text in (string[])
            [
                "Step 'back up': done in 0.10 s. 100% & <b>more</b> 'cited' \"twice\" C:\\new\\test %TEMP% a+b=c ${HOME} {0} [x]",
                "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08, run 20261121-034351-ab12, /srv/app/Migrations/0001_create_pages.sql",
                "", "x", "%", "\\", "&;", "\\u", "%u12", "&#;", "0x", "====", "\ud800",
            ]) Assert.Equal(text, redactor.Redact(text));
    }

    [Fact]
    public void The_working_folder_is_no_password()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("PWD", "/srv/app/content"), new("OLDPWD", "/home/somebody"), new("Database:Pwd", "hunter2!x"), new("ConnectionStrings:A", "Server=db;UID=sa;PWD=sapassword1")]).Build();
        Assert.Equal("in /srv/app/content and /home/somebody: *** ***", new SecretRedactor(configuration).Redact("in /srv/app/content and /home/somebody: hunter2!x sapassword1"));
    }

    [Fact]
    public void A_reference_is_no_secret_wherever_it_stands()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Db:Password", "secret://db"), new("ConnectionStrings:A", "Server=db;User ID=sa;Password=secret://shop-db"), new("Other:Password", "secret:// no reference")]).Build();
        Assert.Equal("secret://db secret://shop-db", new SecretRedactor(configuration).Redact("secret://db secret://shop-db"));
    }

    [Fact]
    public void What_a_reload_brings_is_known_and_what_was_before_stays_known()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Db:Password", "first-canary-1")]).Build();
        var redactor = new SecretRedactor(configuration);
        configuration["Db:Password"] = "second-canary-2";
        configuration.Reload();
        Assert.Equal("*** ***", redactor.Redact("first-canary-1 second-canary-2"));
    }

    [Fact]
    public void A_secret_of_several_lines_is_masked_as_a_whole_and_line_by_line()
    {
        var pem = "-----BEGIN PRIVATE KEY-----\n" + string.Join('\n', Enumerable.Range(0, 60).Select(static i => $"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg{i:0000}XcanaryXabc")) + "\n-----END PRIVATE KEY-----\n";
        var redactor = Redactor(pem);
        Assert.Equal("a *** b", redactor.Redact($"a {pem.Trim()} b").Replace("-----BEGIN PRIVATE KEY-----\n", "", StringComparison.Ordinal).Replace("\n-----END PRIVATE KEY-----", "", StringComparison.Ordinal));
        foreach (var line in pem.Split('\n').Where(static line => line.Contains("canary", StringComparison.Ordinal))) Assert.Equal("line ***", redactor.Redact("line " + line));
        Assert.DoesNotContain("canary", redactor.Redact(JsonSerializer.Serialize(new { pem })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("test")]
    [InlineData("hunter2")]
    [InlineData("hunter2 ")]
    [InlineData("%41\\x41&#65;'a'")]
    [InlineData("'")]
    [InlineData("\\\\")]
    [InlineData("sk_live_")]
    [InlineData("%25")]
    [InlineData("&amp;")]
    public void Work_and_memory_grow_with_the_text(string piece)
    {
        string[] secrets = [.. Secrets, new string('a', 60_000) + "b", "aaaaaaaaaaaaaaaaaaaaab", .. Enumerable.Range(0, 500).Select(static i => $"sk_live_{i:0000}_abcdefgh")];
        var redactor = Redactor(secrets);
        long Measure(int characters)
        {
            var text = string.Concat(Enumerable.Repeat(piece, characters / piece.Length));
            var before = GC.GetAllocatedBytesForCurrentThread();
            redactor.Redact(text);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Measure(1_000);
        Assert.InRange((Measure(200_000) + 1_000_000) / (double)(Measure(100_000) + 1_000_000), 0.5, 3.5);
    }

    [Fact]
    public async Task A_text_made_to_be_slow_is_not()
    {
        var redactor = Redactor([new string('a', 60_000) + "b", .. Enumerable.Range(4, 120).Select(static n => new string('a', n) + "!1"), .. Enumerable.Range(0, 2000).Select(static i => $"sk_live_{i:0000}_abcdefgh")]);
        foreach (var text in (string[])[new string('a', 300_000), string.Concat(Enumerable.Repeat("sk_live_", 30_000)), string.Concat(Enumerable.Repeat("hunter2", 40_000)), string.Concat(Enumerable.Repeat("'a'\\'", 50_000))])
            await Task.Run(() => redactor.Redact(text), TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Many_long_secrets_take_little_memory()
    {
        string[] secrets = [.. Enumerable.Range(0, 200).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{i:0000}") + new string('k', 60_000))];
        var redactor = Redactor(secrets);
        var before = GC.GetAllocatedBytesForCurrentThread();
        redactor.Redact("nothing to see");
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80_000_000);
        Assert.Equal("a *** b", redactor.Redact($"a {secrets[7]} b"));
    }

    private static SecretRedactor Redactor(params string[] secrets)
    {
        var issued = new IssuedSecrets();
        foreach (var secret in secrets) issued.Add(new Secret(secret));
        return new SecretRedactor(new ConfigurationBuilder().Build(), issued);
    }

    // The letters of the secret in runs as long as it has them, as they stand in the written form.
    private static IEnumerable<string> Pieces(string written, string secret)
    {
        const int length = 5;
        for (var i = 0; i + length <= secret.Length; i++)
        {
            var piece = secret.Substring(i, length);
            if (written.Contains(piece, StringComparison.Ordinal) && piece.Any(char.IsLetterOrDigit)) yield return piece;
        }

        if (written.Length - secret.Length > 0 && !written.Contains(' ', StringComparison.Ordinal)) yield return written;
    }
}
