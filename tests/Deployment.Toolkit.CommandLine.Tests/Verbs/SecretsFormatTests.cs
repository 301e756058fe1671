using System.Text.RegularExpressions;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Journal;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>A sealed file from before headers were signed: refused by every verb, and the way on runs as it is printed.</summary>
public sealed class SecretsFormatTests : IDisposable
{
    private const string Old = """{ "format": "deployment-toolkit/sealed-secrets/1", "environment": "Staging", "secrets": [ { "name": "Database" }, { "name": "Mail" }, { "name": "Mail" } ] }""";

    private readonly TestApp _app = new TestApp { Configure = static deployment => deployment.AddSealedSecrets() }.WithPages();

    public void Dispose() => _app.Dispose();

    [Fact]
    public async Task The_way_from_the_earlier_format_runs_as_it_is_printed()
    {
        var file = Path.Combine(_app.Root, "secrets.Staging.json");
        await File.WriteAllTextAsync(file, Old);
        // Its epoch, as journals of that time have it.
        await _app.WithHostAsync(async host =>
        {
            var factory = host.Services.GetRequiredService<DeploymentPartsFactory>();
            var journal = new JournalFile(new JournalPaths(factory.Root, "Staging"));
            await using var session = (await JournalSession.TryOpenAsync(journal, "up", factory.Operator, JournalKey.Throwaway, TimeProvider.System, CancellationToken.None))!;
            await session.AppendAsync(null, JournalKinds.SecretsEpoch, new SecretsEpoch("00112233445566778899aabbccddeeff", 3), JournalJson.Default.SecretsEpoch);
        });
        Assert.Contains("\"epoch\":3}", await File.ReadAllTextAsync(Path.Combine(_app.Root, ".deployment", "staging", "journal.jsonl")), StringComparison.Ordinal);

        var refused = await RunAsync("secrets list --environment Staging", expected: 2);
        Assert.Contains("DTK7726", refused.Out, StringComparison.Ordinal);
        Assert.Contains("(Database, Mail)", refused.Out, StringComparison.Ordinal);
        foreach (var verb in (string[])["secrets set Database --environment Staging", "secrets verify --environment Staging --trust", "secrets rekey --environment Staging"])
        {
            var ran = await RunAsync(verb, "long-value", expected: 2);
            Assert.True(ran.Out.Contains("DTK7726", StringComparison.Ordinal), $"{verb}: {ran.Out}");
        }

        string[] commands = [.. Regex.Matches(refused.Out, "'deploy ([^']+)'").Select(static match => match.Groups[1].Value)];
        Assert.Equal(4, commands.Length);
        File.Move(file, file + ".old");
        var made = await RunAsync(commands[1]);
        var root = Regex.Match(made.Out, "\"(dtk1:Staging:[^\"]+)\"").Groups[1].Value;
        Assert.NotEqual("", root);
        _app.Configure = deployment => deployment.AddSealedSecrets(sealing => sealing.Root(root));
        await RunAsync(commands[2]);
        await RunAsync(commands[3], "Database=one\nMail=two\n");

        Assert.Equal("one", (await RunAsync("secrets get Database --environment Staging")).Out.Trim());
        Assert.Equal("two", (await RunAsync("secrets get Mail --environment Staging")).Out.Trim());
    }

    private async Task<Ran> RunAsync(string line, string input = "", int expected = 0)
    {
        using var reader = new StringReader(input);
        _app.Terminal = _app.Terminal with { Input = reader };
        var ran = await _app.RunAsync(line.Split(' '));
        Assert.True(ran.ExitCode == expected, $"{line}: {ran.ExitCode}\n{ran.Out}{ran.Error}");
        return ran;
    }
}
