using Deployment.Toolkit.KillApp;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Deployment.Toolkit.Tests.Secrets;

/// <summary>An app with one sealed secret and an issuer that keeps its credentials in memory, as a database would.</summary>
internal sealed class RenewalApp : IDisposable
{
    internal const string First = "first-credential-0001";

    private readonly SealedKey _key = SealedKey.GenerateRaw();

    internal RenewalApp()
    {
        App.Configure = deployment =>
        {
            // Scoped, as a client of an issuer may be.
            deployment.Host.ConfigureContainer(new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = true }));
            deployment.Host.Services.AddScoped(_ => Issuer);
            deployment.Host.Services.AddSingleton<TimeProvider>(Clock);
            deployment.AddSealedSecrets(sealedFiles => sealedFiles.Root(Root)).AddSecretRotator<FakeRotator>("Provider", TimeSpan.FromDays(90));
            if (HasActivator)
            {
                deployment.Host.Services.AddSingleton(Issuer.Activated);
                deployment.UseActivator<FakeActivator>();
            }

            Also(deployment);
        };
    }

    internal TestApp App { get; } = new();

    internal FakeIssuer Issuer { get; } = new();

    internal MovableClock Clock { get; } = new();

    internal bool HasActivator { get; init; } = true;

    internal Action<DeploymentBuilder> Also { get; set; } = static _ => { };

    internal string Root => field ??= new SealedSecrets(FilePath, "Development", _key).GetRoot();

    internal SealedSecrets Sealed => new(FilePath, "Development", _key) { Root = Root };

    private string FilePath => Path.Combine(App.Folder, SealedSecrets.FileName("Development"));

    internal string Journal => File.ReadAllText(App.JournalFile());

    /// <summary>With the secret sealed and a release verified.</summary>
    internal static async Task<RenewalApp> CreateAsync(bool hasActivator = true, bool isDeployed = true)
    {
        var app = new RenewalApp { HasActivator = hasActivator };
        // The key lies beside the file, so that no variable of the whole process is needed.
        await new SealedSecrets(app.FilePath, "Development", app._key).InitializeAsync("test", app._key, new SealedFileSettings { DevelopmentKey = "test.key" }, CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(app.App.Folder, "test.key"), app._key.Export().Reveal());
        await app.Sealed.SetAsync("Provider", new Secret(First), default, CancellationToken.None);
        app.Issuer.Credentials[First] = "by hand";
        app.App.Settings["Content:Key"] = "secret://Provider";
        if (isDeployed) Assert.Equal(DeploymentOutcome.Succeeded, (await app.App.UpAsync()).Outcome);
        app.Issuer.Activated.Clear();
        return app;
    }

    internal Task<DeploymentResult> RenewAsync(Func<VerbRequest, VerbRequest>? with = null) =>
        App.RunAsync((deployer, request, token) => deployer.RenewSecretAsync("Provider", with?.Invoke(request) ?? request, token));

    internal Task<DeploymentResult> RetireAsync() => App.RunAsync(static (deployer, request, token) => deployer.RetireSecretAsync("Provider", request, token));

    internal Task<DeploymentResult> ResumeAsync() => App.RunAsync(static (deployer, request, token) => deployer.ResumeAsync(request, token));

    internal Task<DeploymentResult> AbortAsync() => App.RunAsync(static (deployer, request, token) => deployer.AbortAsync(request, token));

    public void Dispose()
    {
        _key.Dispose();
        App.Dispose();
    }

    internal sealed class MovableClock : TimeProvider
    {
        internal TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }

    /// <summary>Valid credentials, each with the operation that made it; and everything that was asked.</summary>
    internal sealed class FakeIssuer
    {
        internal Dictionary<string, string> Credentials { get; } = [];

        internal List<string> Calls { get; } = [];

        internal List<string> Activated { get; } = [];

        internal Func<string, SecretRotation, Task> Before { get; set; } = static (_, _) => Task.CompletedTask;

        internal DateTimeOffset? ExpiresAt { get; set; }
    }

    internal sealed class FakeRotator(FakeIssuer issuer) : SecretRotator
    {
        public override async Task<SecretValue> CreateAsync(SecretRotation rotation, CancellationToken cancellationToken)
        {
            issuer.Calls.Add("create");
            Assert.Null(rotation.New);
            var value = $"issued-for-{rotation.Operation}";
            issuer.Credentials[value] = rotation.Operation;
            await issuer.Before("create", rotation);
            return new SecretValue(new Secret(value)) { ExpiresAt = issuer.ExpiresAt };
        }

        public override async Task VerifyAsync(SecretRotation rotation, CancellationToken cancellationToken)
        {
            issuer.Calls.Add("verify");
            await issuer.Before("verify", rotation);
            if (!issuer.Credentials.ContainsKey(rotation.New!.Reveal())) throw new InvalidOperationException("access denied");
        }

        public override async Task RetireAsync(SecretRotation rotation, CancellationToken cancellationToken)
        {
            issuer.Calls.Add("retire");
            await issuer.Before("retire", rotation);
            foreach (var old in issuer.Credentials.Where(credential => credential.Value != rotation.Operation).ToList()) issuer.Credentials.Remove(old.Key);
        }

        public override async Task RevokeAsync(SecretRotation rotation, CancellationToken cancellationToken)
        {
            issuer.Calls.Add("revoke");
            await issuer.Before("revoke", rotation);
            foreach (var made in issuer.Credentials.Where(credential => credential.Value == rotation.Operation).ToList()) issuer.Credentials.Remove(made.Key);
        }
    }

    /// <summary>Remembers which secret was current whenever the release was put live.</summary>
    internal sealed class FakeActivator(List<string> activated, SealedSecrets secrets) : ReleaseActivator
    {
        public override string Description => "restart";

        public override Task ActivateAsync(Release release, StepContext context, CancellationToken cancellationToken)
        {
            activated.Add(secrets.Get("Provider", cancellationToken: cancellationToken).Reveal());
            return Task.CompletedTask;
        }
    }

    internal static async Task<HealthReportEntry> HealthAsync(Deployer deployer) =>
        (await deployer.CheckHealthAsync(CancellationToken.None)).Report.Entries["secrets"];
}
