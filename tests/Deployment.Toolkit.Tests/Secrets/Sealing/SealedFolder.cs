using System.Text;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Tests.Platform;

namespace Deployment.Toolkit.Tests.Secrets.Sealing;

/// <summary>A folder with a sealed file, its keys and a clock.</summary>
internal sealed class SealedFolder : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TemporaryFolder _user = new();

    internal static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    internal SealedKey Alice { get; } = SealedKey.Generate();

    internal SealedKey Bob { get; } = SealedKey.Generate();

    internal Clock Time { get; } = new();

    internal string Folder => _folder.Path;

    internal string Path => _folder[SealedSecrets.FileName("Production")];

    /// <summary>What the user who runs the test remembers of files that were made here.</summary>
    internal UserRoots Roots => new(_user.Path);

    internal static SealedValidity Always => default;

    internal string Text
    {
        get => File.ReadAllText(Path);
        set => File.WriteAllText(Path, value);
    }

    internal string this[string name] => _folder[name];

    internal SealedSecrets By(SealedKey key, string environment = "Production", string? path = null, EpochMemory? memory = null) =>
        new(path ?? Path, environment, KeyRing.Of(key), Time) { Trust = new RootTrust { Journal = memory ?? EpochMemory.None, User = Roots } };

    internal SealedSecrets ByAlice => By(Alice);

    internal SealedSecrets ByBob => By(Bob);

    /// <summary>A file of alice's with a few secrets.</summary>
    internal static async Task<SealedFolder> CreateAsync(params string[] names)
    {
        var folder = new SealedFolder();
        await folder.ByAlice.InitializeAsync("alice", folder.Alice, null, CancellationToken.None);
        foreach (var name in names) await folder.ByAlice.SetAsync(name, new Secret(ValueOf(name)), Always, CancellationToken.None);
        return folder;
    }

    internal async Task AcceptAsync(string name, TimeSpan grace)
    {
        var proposal = ByAlice.List().Single(secret => secret.Proposal is not null && string.Equals(secret.Name, name, StringComparison.OrdinalIgnoreCase));
        await ByAlice.AcceptAsync(proposal.Proposal!, grace, CancellationToken.None);
    }

    internal static string ValueOf(string name) => $"value-of-{name}";

    internal static DeploymentMessage Refusal(Action action)
    {
        var refusal = Assert.Throws<DeploymentException>(action);
        return Assert.Single(refusal.Messages);
    }

    internal static async Task<DeploymentMessage> RefusalAsync(Func<Task> action)
    {
        var refusal = await Assert.ThrowsAsync<DeploymentException>(action);
        return Assert.Single(refusal.Messages);
    }

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public void Dispose()
    {
        Alice.Dispose();
        Bob.Dispose();
        _folder.Dispose();
        _user.Dispose();
    }

    internal sealed class Clock : TimeProvider
    {
        internal DateTimeOffset Now { get; set; } = Start;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
