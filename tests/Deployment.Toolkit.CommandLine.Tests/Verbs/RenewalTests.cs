using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine.Tests.Verbs;

public sealed class RenewalTests : IAsyncLifetime
{
    private readonly TestApp _app = new TestApp().WithPages();
    private readonly Issuer _issuer = new();

    public async ValueTask InitializeAsync()
    {
        _app.Configure = deployment =>
        {
            deployment.Host.Services.AddSingleton(_issuer);
            deployment.AddSecretRotator<Rotator>("Provider", TimeSpan.FromDays(90)).UseActivator<Restart>();
        };
        await RunAsync("secrets init --environment Development --development-key");
        _app.Terminal = _app.Terminal with { Input = new StringReader("first") };
        await RunAsync("secrets set Provider --environment Development");
        await RunAsync("up --environment Development --release 1.0.0");
    }

    public ValueTask DisposeAsync()
    {
        _app.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_plan_and_a_renewal_show_every_step()
    {
        await CheckAsync("secrets-renew-plan", "secrets renew Provider --environment Development --dry-run");
        Assert.Equal(["first"], _issuer.Valid);
        await CheckAsync("secrets-renew", "secrets renew Provider --environment Development");
        Assert.Equal(["made"], _issuer.Valid);
        Assert.Equal("made", (await RunAsync("secrets get Provider --environment Development")).Out.Trim());
    }

    [Fact]
    public async Task One_that_does_not_work_is_rolled_back_with_exit_code_one()
    {
        _issuer.IsBroken = true;
        var ran = await _app.RunAsync("secrets", "renew", "Provider", "--environment", "Development", "--output", "json");
        Assert.Equal(1, ran.ExitCode);
        var json = ran.Json;
        Assert.Equal(("rolledBack", "renew", "Provider"), (json.GetProperty("outcome").GetString(), json.GetProperty("run").GetProperty("kind").GetString(), json.GetProperty("plan").GetProperty("secret").GetString()));
        Assert.DoesNotContain("made", ran.Out, StringComparison.Ordinal);
        Assert.Equal(["first"], _issuer.Valid);
        Assert.Contains("Rolled back: Development has secret 'Provider' as before", (await _app.RunAsync("secrets", "renew", "Provider", "--environment", "Development")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_shows_in_status_until_it_is_retired()
    {
        Assert.Contains("the old one is still valid", (await RunAsync("secrets renew Provider --environment Development --keep-old")).Out, StringComparison.Ordinal);
        var due = (await RunAsync("status --environment Development --output json")).Json.GetProperty("environments")[0].GetProperty("secrets")[0];
        Assert.Equal(("Provider", "retire", "2026-11-21T03:43:51.000Z"), (due.GetProperty("name").GetString(), due.GetProperty("duty").GetString(), due.GetProperty("at").GetString()));
        Assert.Contains("deploy secrets retire Provider --environment Development", due.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(["first", "made"], _issuer.Valid);

        await RunAsync("secrets retire Provider --environment Development");
        Assert.Equal(["made"], _issuer.Valid);
        Assert.Equal(0, (await RunAsync("status --environment Development --output json")).Json.GetProperty("environments")[0].GetProperty("secrets").GetArrayLength());
    }

    [Fact]
    public async Task A_renewal_that_is_due_shows_in_the_text_of_status_and_of_health()
    {
        _app.Clock.Advance(TimeSpan.FromDays(91));
        await CheckAsync("status-secret-due", "status --environment Development");
        var health = await _app.RunAsync("health", "--environment", "Development");
        Assert.Contains("Secret 'Provider' was due for renewal on 2027-02-19.", health.Out, StringComparison.Ordinal);
    }

    private async Task<Ran> RunAsync(string line)
    {
        var ran = await _app.RunAsync(line.Split(' '));
        Assert.True(ran.ExitCode == 0, $"'{line}' ended with {ran.ExitCode}: {ran.Out}{ran.Error}");
        return ran;
    }

    private async Task CheckAsync(string name, string line)
    {
        var ran = await _app.RunAsync(line.Split(' '));
        Approval.Check(_app.Normalize($"$ deploy {line}\n{ran.Out}[exit {ran.ExitCode}]\n\nstandard error:\n{ran.Error}"), name);
    }

    internal sealed class Issuer
    {
        internal List<string> Valid { get; } = ["first"];

        internal bool IsBroken { get; set; }
    }

    internal sealed class Rotator(Issuer issuer) : SecretRotator
    {
        public override Task<SecretValue> CreateAsync(SecretRotation rotation, CancellationToken cancellationToken)
        {
            issuer.Valid.Add("made");
            return Task.FromResult(new SecretValue(new Secret("made")));
        }

        public override Task VerifyAsync(SecretRotation rotation, CancellationToken cancellationToken) => issuer.IsBroken ? throw new InvalidOperationException($"no entry with {rotation.New!.Reveal()}") : Task.CompletedTask;

        public override Task RetireAsync(SecretRotation rotation, CancellationToken cancellationToken) => Task.FromResult(issuer.Valid.Remove("first"));

        public override Task RevokeAsync(SecretRotation rotation, CancellationToken cancellationToken) => Task.FromResult(issuer.Valid.Remove("made"));
    }

    internal sealed class Restart : ReleaseActivator
    {
        public override string Description => "restart the app";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
