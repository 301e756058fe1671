namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>The way of a release from one machine to another, by verbs alone: keys, a bundle, and what each end says.</summary>
public sealed class EvidenceBundleTests : IDisposable
{
    private readonly TestApp _staging = new TestApp().WithPages();
    private readonly TestApp _production = new TestApp().WithPages();

    public void Dispose()
    {
        _staging.Dispose();
        _production.Dispose();
    }

    [Fact]
    public async Task A_release_travels_by_verbs_alone()
    {
        foreach (var app in (TestApp[])[_staging, _production])
            app.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Staging").Add("Production", static p => p.PromotedFrom("Staging")));
        var bundle = Path.Combine(_staging.Root, "bundle.intoto.jsonl");
        var key = (await RunAsync(_staging, 0, "secrets", "key", "--output", "json")).Json.GetProperty("recipients")[0].GetProperty("publicKey").GetString()!;
        await RunAsync(_staging, 0, "up", "--release", "1.0.0", "--environment", "Staging");
        var exported = await RunAsync(_staging, 0, "evidence", "export", "--environment", "Staging", "--valid-for", "2d", bundle);
        Assert.Contains("vouches until 2026-11-23 03:43 UTC for release 1.0.0", exported.Out, StringComparison.Ordinal);
        Assert.Contains("'deploy evidence import FILE --environment Production'", exported.Out, StringComparison.Ordinal);
        var astray = await RunAsync(_staging, 2, "evidence", "import", "--environment", "Staging", "--release", "1.0.0", bundle);
        Assert.Contains("counts only where releases come from another environment, and 'Staging' is promoted from none.", astray.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("''", astray.Out, StringComparison.Ordinal);

        var stranger = await RunAsync(_production, 2, "evidence", "import", "--environment", "Production", "--release", "1.0.0", bundle);
        Assert.Contains("'deploy evidence keys add NAME --of Staging --public-key KEY --environment Production'", stranger.Out, StringComparison.Ordinal);
        await RunAsync(_production, 0, "evidence", "keys", "add", "ci", "--of", "Staging", "--public-key", key, "--environment", "Production");
        await RunAsync(_production, 0, "evidence", "import", "--environment", "Production", "--release", "1.0.0", "--as", "Anna Berg", bundle);
        Assert.Contains("Nothing to do: this bundle was imported already.", (await RunAsync(_production, 0, "evidence", "import", "--environment", "Production", "--release", "1.0.0", bundle)).Out, StringComparison.Ordinal);

        var keys = (await RunAsync(_production, 0, "evidence", "keys", "list", "--environment", "Production", "--output", "json")).Json.GetProperty("keys").EnumerateArray().ToList();
        Assert.Equal(("ci", "Staging"), (keys[0].GetProperty("name").GetString(), keys[0].GetProperty("environment").GetString()));
        // The tests' process has one user, who is at both ends.
        Assert.Equal(("your own", keys[0].GetProperty("keyId").GetString()), (keys[1].GetProperty("name").GetString(), keys[1].GetProperty("keyId").GetString()));
        var bundles = (await RunAsync(_production, 0, "evidence", "list", "--environment", "Production", "--output", "json")).Json.GetProperty("bundles").EnumerateArray().ToList();
        Assert.Equal(("Staging", "1.0.0", "ci"), (bundles[0].GetProperty("environment").GetString(), bundles[0].GetProperty("release").GetProperty("version").GetString(), bundles[0].GetProperty("key").GetString()));
        Assert.Contains("claims to be Anna Berg", bundles[0].GetProperty("by").GetString(), StringComparison.Ordinal);
        Assert.Contains("on the word of key 'ci'", (await RunAsync(_production, 0, "plan", "--release", "1.0.0", "--environment", "Production")).Out, StringComparison.Ordinal);
        await RunAsync(_production, 0, "up", "--release", "1.0.0", "--environment", "Production");

        await RunAsync(_production, 0, "evidence", "keys", "remove", "ci", "--of", "Staging", "--environment", "Production");
        Assert.DoesNotContain("ci, for Staging", (await RunAsync(_production, 0, "evidence", "keys", "list", "--environment", "Production")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_promoted_from_its_environment_a_bundle_is_to_be_imported_nowhere()
    {
        _staging.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Staging"));
        await RunAsync(_staging, 0, "secrets", "key");
        await RunAsync(_staging, 0, "up", "--release", "1.0.0", "--environment", "Staging");

        var exported = await RunAsync(_staging, 0, "evidence", "export", "--environment", "Staging", Path.Combine(_staging.Root, "bundle.intoto.jsonl"));

        Assert.DoesNotContain("deploy evidence import", exported.Out, StringComparison.Ordinal);
        Assert.Contains("It counts in an environment that is promoted from 'Staging', and none is by this app", exported.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_stand_in_a_file_and_what_is_none_is_refused()
    {
        _production.Configure = static deployment => deployment.AddEnvironments(static e => e.Add("Staging").Add("Production", static p => p.PromotedFrom("Staging")));
        using var own = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var file = Path.Combine(_production.Root, "staging.pem");
        _production.Write("staging.pem", own.ExportSubjectPublicKeyInfoPem());
        await RunAsync(_production, 0, "evidence", "keys", "add", "ci", "--of", "Staging", "--environment", "Production", "--public-key", file);
        _production.Write("staging.pem", new string('x', 100_000));
        Assert.Contains("DTK7233", (await RunAsync(_production, 2, "evidence", "keys", "add", "two", "--of", "Staging", "--environment", "Production", "--public-key", file)).Out, StringComparison.Ordinal);
        Assert.Contains("DTK2003", (await RunAsync(_production, 2, "evidence", "keys", "add", "two", "--of", "Stagin", "--public-key", own.ExportSubjectPublicKeyInfoPem(), "--environment", "Production")).Out, StringComparison.Ordinal);
    }

    private static async Task<Ran> RunAsync(TestApp app, int exitCode, params string[] args)
    {
        var ran = await app.RunAsync(args);
        Assert.True(ran.ExitCode == exitCode, $"{string.Join(' ', args)}: {ran.ExitCode} {ran.Out} {ran.Error}");
        return ran;
    }
}
