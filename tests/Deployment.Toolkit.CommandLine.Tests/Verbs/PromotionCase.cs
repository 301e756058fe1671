using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

/// <summary>An app that is promoted from Staging to Production by several people, each with a process of their own.</summary>
public abstract class PromotionCase : IDisposable
{
    private protected readonly TestApp _app = new TestApp().WithPages();
    private protected string _user = "carol";

    /// <summary>The account that all of them share; <see langword="null"/> where each has their own.</summary>
    private protected string? _account;

    private protected PromotionCase() => _app.ConfigureHost = builder =>
    {
        builder.Services.AddSingleton(new JournalHolder(_account ?? _user, "build-7", 4711, DateTimeOffset.UnixEpoch));
        builder.Services.AddSingleton(Keys.TryGetValue(_user, out var key) ? KeyRing.Of(key) : KeyRing.Of([], null));
        builder.Configuration["Deployment:CommitAuthor"] = "Dora Lind <dora@example.org>";
    };

    /// <summary>The keys of those who have one.</summary>
    private protected Dictionary<string, SealedKey> Keys { get; } = [];

    public void Dispose()
    {
        _app.Dispose();
        foreach (var key in Keys.Values) key.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Declare(Action<EnvironmentBuilder> production) =>
        _app.Configure = d => d.AddEnvironments(e => e.Add("Staging").Add("Production", p => production(p.PromotedFrom("Staging"))));

    private protected void WithGlassKey(SealedKey key)
    {
        var configure = _app.ConfigureHost;
        _app.ConfigureHost = builder =>
        {
            configure(builder);
            builder.Services.AddKeyedSingleton(GlassGate.Title, (_, _) => SealedKey.Parse(key.Export()));
        };
    }

    private protected async Task UpAsync(string release)
    {
        _app.Health = HealthCheckResult.Healthy();
        Checked(await _app.RunAsync("up", "--environment", "Staging", "--release", release), 0);
    }

    private protected async Task<Ran> PromoteAsync(int exitCode, params string[] more) =>
        Checked(await _app.RunAsync(["promote", .. more.Length == 0 ? ["--release", "1.0.0"] : more, "--environment", "Production"]), exitCode);

    private protected Task<Ran> ApproveAsync(string who, int exitCode, params string[] more) =>
        RunAsync(who, exitCode, more is [_, ..] && more.Contains("approve") ? more : ["approve", "--environment", "Production", .. more.Contains("--release") ? more : [.. more, "--release", "1.0.0"]]);

    private protected Task<Ran> ApproveAsync(string who, int exitCode, string command) => ApproveAsync(who, exitCode, command.Split(' ')[1..]);

    private protected async Task<Ran> RunAsync(string who, int exitCode, params object[] verb)
    {
        var before = _user;
        _user = who;
        try
        {
            return Checked(await _app.RunAsync([.. verb.OfType<string>()]), verb.OfType<int>().FirstOrDefault(exitCode));
        }
        finally
        {
            _user = before;
        }
    }

    // Long messages are broken into lines.
    internal static Ran Flat(Ran ran) => ran with { Out = string.Join(' ', ran.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) };

    // As it is printed.
    private protected static string Command(string text, string verb)
    {
        var at = text.IndexOf($"'deploy {verb} ", StringComparison.Ordinal) + 1;
        Assert.True(at > 0, text);
        return text[at..text.IndexOf('\'', at)];
    }

    private protected static Ran Checked(Ran ran, int exitCode)
    {
        Assert.True(ran.ExitCode == exitCode, ran.Out + ran.Error);
        return Flat(ran);
    }
}
