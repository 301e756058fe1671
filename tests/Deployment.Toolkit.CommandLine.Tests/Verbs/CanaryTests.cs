using System.Text;
using System.Text.Json;
using Deployment.Toolkit.CommandLine.Output;
using Deployment.Toolkit.CommandLine.Verbs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>Every verb there is, over an app whose deployment fails and with a secret of its own in every place: none of them says or writes one.</summary>
[Collection("EDITOR")]
public sealed class CanaryTests : IDisposable
{
    private static readonly Dictionary<string, string> Canaries = new()
    {
        ["file"] = "canary+file/1!aA",
        ["dotenv"] = "canary-dotenv-2 xyz",
        ["mounted"] = "canary%mounted%4",
        ["connection"] = "canary-connection-5",
        ["url"] = "canary-url-6",
        ["sealed"] = "canary\"sealed\"7",
        ["line"] = "canary-command-line-8",
        ["proposed"] = "canary<proposed>9",
        ["issued"] = "canary|issued|12",
        ["lines"] = "canary-first-line-10\ncanary-second-line-11",
    };

    // Showing a value is what it is for.
    private const string Speaks = "secrets get";

    private readonly TestApp _app = new TestApp().WithPages().WithSettings();

    public void Dispose() => _app.Dispose();

    public sealed class VaultOptions
    {
        public required string Password { get; init; }

        public required Secret ApiToken { get; init; }

        public required Secret Mounted { get; init; }

        public required Secret Sealed { get; init; }

        public required Uri Endpoint { get; init; }

        public string PrivateKey { get; init; } = "";
    }

    private sealed class Leaking(Microsoft.Extensions.Options.IOptions<VaultOptions> options, IConfiguration configuration) : DeploymentStep
    {
        public override string Name => "leak";

        public override bool IsIdempotent => true;

        public override async Task ExecuteAsync(StepContext context, CancellationToken cancellationToken)
        {
            var vault = options.Value;
            var all = string.Join(' ', vault.Password, vault.ApiToken.Reveal(), vault.Mounted.Reveal(), vault.Sealed.Reveal(), vault.Endpoint.OriginalString, vault.PrivateKey, configuration.GetConnectionString("Other"), configuration["Line:Token"]);
            context.Write(all);
            await context.NoteAsync("all", all, cancellationToken);
            throw new InvalidOperationException($"driver says: {all} in line {vault.PrivateKey.Split('\n')[1]}", new FormatException(vault.PrivateKey.Split('\n')[0]));
        }
    }

    private sealed class LeakingIssuer : Deployment.Toolkit.Secrets.SecretRotator
    {
        public override Task<Deployment.Toolkit.Secrets.SecretValue> CreateAsync(Deployment.Toolkit.Secrets.SecretRotation rotation, CancellationToken cancellationToken) =>
            Task.FromResult(new Deployment.Toolkit.Secrets.SecretValue(new Secret(Canaries["issued"])));

        public override Task VerifyAsync(Deployment.Toolkit.Secrets.SecretRotation rotation, CancellationToken cancellationToken) =>
            throw new InvalidOperationException($"issuer says: {rotation.New!.Reveal()} in the place of {rotation.Old!.Reveal()}");

        public override Task RetireAsync(Deployment.Toolkit.Secrets.SecretRotation rotation, CancellationToken cancellationToken) => Task.CompletedTask;

        public override Task RevokeAsync(Deployment.Toolkit.Secrets.SecretRotation rotation, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [Fact]
    public async Task No_verb_says_a_secret_or_leaves_one_behind()
    {
        var (said, inputs) = (new StringBuilder(), await PrepareAsync());
        foreach (var path in VerbCatalog.Paths.Where(static path => path != Speaks))
        {
            foreach (var output in (string[])["text", "json"])
            {
                _app.Terminal = new Terminal(TextWriter.Null, TextWriter.Null) { Input = new StringReader(Canaries["proposed"]), IsWatched = true, HasColor = true };
                string[] args = [.. path.Split(' '), .. ArgumentsOf(path), "--environment", "Development", "--output", output];
                var ran = await _app.RunInAsync([.. args, "--Line:Token", Canaries["line"]], args);
                // A verb that was misused says nothing that could give something away.
                Assert.True(ran.ExitCode != 64 && !ran.Error.Contains("DTK7601", StringComparison.Ordinal), $"{string.Join(' ', args)}: {ran.Error}");
                said.AppendLine(string.Join(' ', args)).AppendLine(ran.Out).AppendLine(ran.Error);
            }
        }

        foreach (var masked in (string[])["driver says: ***", "issuer says: *** in the place of ***", "partner says: ***"]) Assert.Contains(masked, said.ToString(), StringComparison.Ordinal);
        var places = new Dictionary<string, string> { ["what the verbs said"] = said.ToString() };
        foreach (var file in Directory.EnumerateFiles(_app.Root, "*", SearchOption.AllDirectories).Except(inputs))
            places[Path.GetRelativePath(_app.Root, file)] = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
        Assert.Contains(places.Keys, static place => place.EndsWith("journal.jsonl", StringComparison.Ordinal));
        Assert.Contains(places.Keys, static place => place.StartsWith("secrets.", StringComparison.Ordinal));
        var found =
            from place in places
            from canary in Canaries
            from form in (string[])[canary.Value, .. canary.Value.Split('\n'), Convert.ToBase64String(Encoding.UTF8.GetBytes(canary.Value)), Uri.EscapeDataString(canary.Value), JsonEncodedText.Encode(canary.Value).ToString()]
            where place.Value.Contains(form, StringComparison.Ordinal)
            select $"the {canary.Key} canary stands in {place.Key}: {Around(place.Value, form)}";
        Assert.Empty(found);
    }

    private static string Around(string text, string form)
    {
        var at = text.IndexOf(form, StringComparison.Ordinal);
        return text[Math.Max(0, at - 200)..Math.Min(text.Length, at + 60)];
    }

    private static string IssuerKey
    {
        get
        {
            using var key = Deployment.Toolkit.Secrets.SealedKey.Generate();
            return key.PublicKey!;
        }
    }

    private string[] ArgumentsOf(string path) => path switch
    {
        "check" => ["--online"],
        "up" => ["--release", "1.0.0"],
        "journal archive" => ["--keep", "1", "--to", Path.Combine(_app.Root, "archived.jsonl")],
        "journal export" or "journal import" => [Path.Combine(_app.Root, "exported.jsonl")],
        "promote" => ["--release", "1.0.0"],
        "checklist tick" or "checklist untick" => ["1", "--release", "9.0.0"],
        "review" => ["20261121-034351-7f3a", "--reason", "mended"],
        "approvers add" => ["anna", "--role", "tester"],
        "approvers remove" => ["anna", "--reason", "mended"],
        "reject" => ["--release", "9.0.0", "--reason", "mended"],
        "hold" => ["--release", "9.0.0", "--reason", "mended"],
        "unhold" or "freeze" or "unfreeze" or "migrations take-over" or "isolation adopt" or "config unpin" => ["--reason", "mended"],
        "evidence add" => ["--command", "--suite", "smoke", "--", "cat", "appsettings.json"],
        "evidence export" or "evidence import" => [Path.Combine(_app.Root, "bundle.intoto.jsonl")],
        "evidence keys add" => ["issuer", "--of", "Development", "--public-key", IssuerKey],
        "evidence keys remove" => ["issuer", "--of", "Development"],
        "config explain" => ["Vault"],
        "config diff" => ["Development", "Production"],
        "migrations add" => ["add_title"],
        "migrations repair" or "migrations baseline" => ["0001", "--dry-run"],
        "migrations down" => ["--to", "0", "--reason", "mended", "--dry-run"],
        "backup restore" => ["none"],
        "secrets set" or "secrets propose" => ["Later"],
        "secrets rotate" or "secrets remove" => ["Later"],
        "secrets renew" or "secrets retire" => ["by-seal"],
        "secrets accept" or "secrets reject" => ["1f0c2ab9d4e87731"],
        "secrets proposers add" => ["issuer", "--public-key", IssuerKey],
        "secrets proposers remove" => ["issuer"],
        "secrets run" => ["--secret", "by-seal", "/bin/true"],
        "secrets recipients add" => ["ci", "--new-key-file", "ci.key"],
        "secrets recipients remove" => ["ci"],
        "secrets merge" => ["secrets.Development.json", "secrets.Development.json", "secrets.Development.json"],
        _ => [],
    };

    /// <returns>The files in which the canaries are meant to stand.</returns>
    private async Task<string[]> PrepareAsync()
    {
        var token = TestContext.Current.CancellationToken;
        Directory.CreateDirectory(Path.Combine(_app.Root, "mounted"));
        _app.Write("mounted/by-mount", Canaries["mounted"] + "\n");
        _app.Write(".env", $"Vault__ApiToken=\"{Canaries["dotenv"]}\"\nVault__PrivateKey=\"{Canaries["lines"]}\"\n");
        _app.Write("appsettings.json", JsonSerializer.Serialize(new
        {
            Vault = new { Password = Canaries["file"], Mounted = "secret://by-mount", Sealed = "secret://by-seal", Endpoint = $"https://user:{Canaries["url"]}@example.org/" },
            ConnectionStrings = new { Other = $"Host=db;Password={Canaries["connection"]}" },
            Deployment = new { SecretsDirectory = "mounted" },
        }));
        string[] inputs = [.. Directory.EnumerateFiles(_app.Root, "*", SearchOption.AllDirectories)];

        _app.Configure = static deployment => deployment.AddDotEnv().AddSealedSecrets();
        var made = await _app.RunAsync("secrets", "init", "--environment", "Development");
        Assert.True(made.ExitCode == 0, made.Error);
        _app.Terminal = new Terminal(TextWriter.Null, TextWriter.Null) { Input = new StringReader(Canaries["sealed"]) };
        var sealing = await _app.RunAsync("secrets", "set", "by-seal", "--environment", "Development");
        Assert.True(sealing.ExitCode == 0, sealing.Error);

        _app.Configure = static deployment => deployment.AddDotEnv().AddSealedSecrets().AddValidatedOptions<VaultOptions>("Vault").AddStep<Leaking>()
            .AddSecretRotator<LeakingIssuer>("by-seal", TimeSpan.FromDays(30))
            .AddDependency("partner", static (_, _) => throw new InvalidOperationException($"partner says: {Canaries["file"]}"));
        _app.Health = HealthCheckResult.Unhealthy($"no answer to {Canaries["file"]}", new InvalidOperationException($"Password={Canaries["connection"]}"));
        token.ThrowIfCancellationRequested();
        return inputs;
    }
}
