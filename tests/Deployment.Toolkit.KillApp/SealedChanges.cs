using Deployment.Toolkit.Secrets;

namespace Deployment.Toolkit.KillApp;

/// <summary>Changes a sealed file once, to be killed while it does.</summary>
internal static class SealedChanges
{
    internal const string Verb = "secrets";

    /// <param name="folder">Holds the file, in <c>test.key</c> its key, and in <c>test.root</c> its root.</param>
    /// <param name="change">What is done: set, rotate or rekey.</param>
    internal static async Task RunAsync(string folder, string change)
    {
        using var key = SealedKey.Parse(new Secret(await File.ReadAllTextAsync(Path.Combine(folder, "test.key"))));
        var secrets = new SealedSecrets(Path.Combine(folder, SealedSecrets.FileName("Production")), "Production", key) { Root = await File.ReadAllTextAsync(Path.Combine(folder, "test.root")) };
        await (change switch
        {
            "set" => secrets.SetAsync("Key", new Secret("new value"), default, CancellationToken.None),
            "rotate" => secrets.RotateAsync("Key", new Secret("new value"), TimeSpan.FromHours(1), default, CancellationToken.None),
            "rekey" => secrets.RekeyAsync(CancellationToken.None),
            _ => throw new ArgumentException(change),
        });
    }
}
