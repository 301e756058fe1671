using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrets;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.KillApp;

/// <summary>
/// An issuer whose valid credentials are the lines of a file, each with the operation that made it. Asked again for the same operation it makes another
/// in the first one's place, as an issuer does that cannot show a key twice.
/// </summary>
internal sealed class FileIssuer(IHostEnvironment host) : SecretRotator
{
    internal const string Secret = "Key";

    private readonly string _file = FileIn(host.ContentRootPath);

    internal static string FileIn(string folder) => Path.Combine(folder, "issuer.txt");

    public override Task<SecretValue> CreateAsync(SecretRotation rotation, CancellationToken cancellationToken)
    {
        var value = $"made-{TimeProvider.System.GetTimestamp()}";
        Write([.. Others(rotation), $"{value} {rotation.Operation}"]);
        return Task.FromResult(new SecretValue(new Deployment.Toolkit.Secret(value)));
    }

    public override Task VerifyAsync(SecretRotation rotation, CancellationToken cancellationToken) => Array.Exists(File.ReadAllLines(_file), line => line == $"{rotation.New!.Reveal()} {rotation.Operation}")
        ? Task.CompletedTask
        : throw new InvalidOperationException("the credential is not valid");

    public override Task RetireAsync(SecretRotation rotation, CancellationToken cancellationToken)
    {
        Write(File.ReadLines(_file).Except(Others(rotation), StringComparer.Ordinal));
        return Task.CompletedTask;
    }

    public override Task RevokeAsync(SecretRotation rotation, CancellationToken cancellationToken)
    {
        Write(Others(rotation));
        return Task.CompletedTask;
    }

    internal static void Replace(string file, string text)
    {
        File.WriteAllText(file + ".tmp", text);
        File.Move(file + ".tmp", file, overwrite: true);
    }

    private List<string> Others(SecretRotation rotation) => [.. File.ReadLines(_file).Where(line => line.Split(' ')[1] != rotation.Operation)];

    private void Write(IEnumerable<string> lines)
    {
        var text = string.Concat(lines.Select(static line => line + "\n"));
        Boundary.Reached("issuer: before");
        Replace(_file, text);
        Boundary.Reached("issuer: after");
    }
}
