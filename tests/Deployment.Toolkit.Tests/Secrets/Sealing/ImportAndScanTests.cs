using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Secrets.Sealing;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

public sealed class ImportAndScanTests
{
    [Fact]
    public void Lines_and_JSON_become_the_same_secrets()
    {
        var lines = SecretImport.Read(new Secret("\ufeff# comment\r\nexport Db__Password='p #1'\r\n\r\nToken = abc=def\r\nEmpty=\r\nQuoted=\"a b\"\r\n"));
        var json = SecretImport.Read(new Secret("""{ "Db": { "Password": "p #1" }, "Token": "abc=def", "Empty": "", "Quoted": "a b", "Nothing": null }"""));
        Assert.Equal([("Db.Password", "p #1"), ("Token", "abc=def"), ("Empty", ""), ("Quoted", "a b")], lines.Select(static pair => (pair.Key, pair.Value.Reveal())));
        Assert.Equal(lines.Select(static pair => (pair.Key, pair.Value.Reveal())), json.Select(static pair => (pair.Key, pair.Value.Reveal())));
    }

    [Theory]
    [InlineData("", "there is nothing in it")]
    [InlineData("hunter2", "line 1 is not NAME=value")]
    [InlineData("A=1\nB=hunter2 # why", "line 2 holds ' #'")]
    [InlineData("A=\"hunter2", "line 1 begins with a quote")]
    [InlineData("A=\"hunter2$x\"", "line 1 holds quotes")]
    [InlineData("A=hunter2\na=hunter2", "'a' stands there twice")]
    [InlineData("A B=hunter2", "'A B' is no name")]
    [InlineData("{ \"A\": hunter2 }", "is not readable as JSON at line 1, column 8")]
    public void What_cannot_be_read_in_one_way_is_refused_without_being_shown(string text, string message)
    {
        var refusal = Assert.Throws<DeploymentException>(() => SecretImport.Read(new Secret(text)));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData(" ")]
    public void Finding_the_places_of_settings_goes_over_a_file_once_however_many_there_are(string between)
    {
        var text = "{" + between + string.Join("," + between, Enumerable.Range(0, 5000).Select(static i => $"\"kéy{i}\": \"välue\"")) + "}";
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var places = new PlaceCounter();

        var settings = JsonSettings.Read(bytes, places);

        Assert.InRange(places.Steps, 1, bytes.Length);
        var last = text.LastIndexOf("\"välue", StringComparison.Ordinal);
        var line = text[..last].Count(static c => c == '\n') + 1;
        Assert.Equal((5000, line, last - text.LastIndexOf('\n', last)), (settings.Count, settings[^1].Line, settings[^1].Column));
    }

    [Fact]
    public async Task Secrets_in_the_clear_are_found_with_their_place_and_nothing_else_is()
    {
        using var folder = await SealedFolder.CreateAsync();
        Directory.CreateDirectory(folder["Properties"]);
        await File.WriteAllTextAsync(folder["appsettings.json"], """
            {
              // A comment.
              "Title": "Password of the day",
              "Db": { "Password": "hunter2-a", "Host": "db" },
              "ConnectionStrings": { "A": "Host=db;Password=hunter2-b", "B": "Data Source=app.db", "C": "Host=db;Password=secret://Db" },
              "Mail": { "Password": "secret://Mail.Password", "ApiKey": "<your key>", "Token": "" },
              "Hosts": ["https://example.org", "amqp://user:hunter2-c@mq/"],
            }
            """);
        await File.WriteAllTextAsync(folder["appsettings.Production.json"], """{ "Plain": "-----BEGIN PRIVATE KEY-----\nhunter2-d", "Aws": "AKIAABCDEFGHIJKLMNOP" }""");
        await File.WriteAllTextAsync(folder[".env"], "HOST=db\n# PASSWORD=old\nDB__PASSWORD=hunter2-e\nexport STRIPE_TOKEN='hunter2-f'\nPWD_FILE=${HOME}\n");
        await File.WriteAllTextAsync(folder[".env.example"], "DB__PASSWORD=anything\n");
        await File.WriteAllTextAsync(folder["Properties/launchSettings.json"], """{ "profiles": { "http": { "environmentVariables": { "API_TOKEN": "hunter2-g" } } } }""");

        var found = ClearTextScan.Find(folder.Folder, new DeclaredSecrets());

        Assert.Equal(
            [
                ".env DB__PASSWORD 3:14", ".env STRIPE_TOKEN 4:21",
                "Properties/launchSettings.json profiles:http:environmentVariables:API_TOKEN 1:66",
                "appsettings.Production.json Aws 1:61", "appsettings.Production.json Plain 1:12",
                "appsettings.json ConnectionStrings:A 5:31", "appsettings.json Db:Password 4:23", "appsettings.json Hosts:1 7:36",
            ],
            found.Select(message => $"{Path.GetRelativePath(folder.Folder, message.File!).Replace('\\', '/')} {message.Key} {message.Line}:{message.Column}").Order(StringComparer.Ordinal));
        Assert.All(found, static message => Assert.DoesNotContain("hunter2", message.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_hides_a_secret_from_the_scan()
    {
        using var folder = await SealedFolder.CreateAsync();
        Directory.CreateDirectory(folder["web/config"]);
        Directory.CreateDirectory(folder["web/bin"]);
        await File.WriteAllTextAsync(folder["web/config/appsettings.json"], """{ "Smtp": { "Password": "hunter2-a" } }""");
        await File.WriteAllTextAsync(folder["web/bin/appsettings.json"], """{ "Smtp": { "Password": "hunter2-a" } }""");
        await File.WriteAllTextAsync(folder["appsettings.Utf16.json"], """{ "Smtp": { "Password": "hunter2-b" } }""", System.Text.Encoding.Unicode);
        await File.WriteAllTextAsync(folder["appsettings.BigEndian.json"], """{ "Smtp": { "Password": "hunter2-c" } }""", System.Text.Encoding.BigEndianUnicode);
        await File.WriteAllTextAsync(folder["appsettings.Large.json"], $$"""{ "Text": "{{new string('x', 5 * 1024 * 1024)}}", "Smtp": { "Password": "hunter2-d" } }""");
        await File.WriteAllTextAsync(folder["appsettings.Broken.json"], "{ \"Title\": \"x\" \"Smtp\": {\n  \"Password\": \"hunter2-e\", \"Port\": 25, \"User\": \"x\" }\n");
        await File.WriteAllTextAsync(folder["web.config"], """
            <configuration><connectionStrings><add name="A" connectionString="Server=db;User Id=a;Password=hunter2-f" /></connectionStrings>
              <appSettings><add key="ApiKey" value='hunter2-g' /><add key="Title" value="x" /></appSettings></configuration>
            """);

        var found = ClearTextScan.Find(folder.Folder, new DeclaredSecrets());

        Assert.Equal(
            [
                "appsettings.BigEndian.json Smtp:Password 1:25", "appsettings.Broken.json Password 2:15", "appsettings.Large.json Smtp:Password 1:5242917",
                "appsettings.Utf16.json Smtp:Password 1:25", "web.config A 1:67", "web.config ApiKey 2:41", "web/config/appsettings.json Smtp:Password 1:25",
            ],
            found.Select(message => $"{Path.GetRelativePath(folder.Folder, message.File!).Replace('\\', '/')} {message.Key} {message.Line}:{message.Column}").Order(StringComparer.Ordinal));
        Assert.All(found, static message => Assert.DoesNotContain("hunter2", message.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("@Microsoft.KeyVault(SecretUri=https://shop.vault.azure.net/secrets/a)")]
    [InlineData("#{Token}#")]
    [InlineData("__PASSWORD__")]
    [InlineData("REPLACE_ME")]
    [InlineData("Y2hhbmdlbWU=")]
    [InlineData("{{ password }}")]
    [InlineData("SMTP_PASSWORD")]
    public async Task What_stands_for_a_secret_is_none(string value)
    {
        using var folder = await SealedFolder.CreateAsync();
        await File.WriteAllTextAsync(folder["appsettings.json"], $$"""{ "Smtp": { "Password": "{{value}}", "Token": "{{value}}" } }""");
        Assert.Empty(ClearTextScan.Find(folder.Folder, new DeclaredSecrets()));
    }
}
