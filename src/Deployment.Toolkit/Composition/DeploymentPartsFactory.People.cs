using System.Reflection;
using Deployment.Toolkit.Journal;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Promotion;
using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Sealing;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.Composition;

/// <content>Who acts, and with which keys.</content>
internal sealed partial class DeploymentPartsFactory
{
    /// <summary>Who acts, with the key by which what they sign is known.</summary>
    internal Actor ActorOf(JournalHolder holder)
    {
        using var own = FindSigner();
        return Actor.Of(holder) with { Key = own?.Signing is { } signing ? Convert.ToBase64String(signing.PublicKey) : null };
    }

    /// <summary>The key by which this user is known; <see langword="null"/> when there is none. The caller disposes it.</summary>
    internal SealedKey? FindSigner() => Ring.FindSigner();

    /// <summary>The same key with where it lies, which is made when there is none. The caller disposes it.</summary>
    internal Task<FiledKey> GetOrMakeSignerAsync(CancellationToken cancellationToken) => Ring.GetOrMakeSignerAsync(cancellationToken);

    private KeyRing Ring => services.GetService<KeyRing>() ?? KeyRing.OfProcess();

    /// <summary>The key that breaks the glass; <see langword="null"/> when none is here. The caller disposes it.</summary>
    internal SealedKey? FindGlassKey()
    {
        if (services.GetKeyedService<SealedKey>(GlassGate.Title) is { } given)
            return SealedKey.Parse(given.Export());

        var variables = ProcessEnvironment.Pick([GlassGate.KeyVariable, GlassGate.KeyFileVariable]);
        if (variables.GetValueOrDefault(GlassGate.KeyVariable) is { Length: > 0 } text)
            return SealedKey.Parse(new Secret(text), $"Variable {GlassGate.KeyVariable}");
        return variables.GetValueOrDefault(GlassGate.KeyFileVariable) is { Length: > 0 } file ? KeyFile.Read(file) : null;
    }

    internal string? GlassPoint()
    {
        using var key = FindGlassKey();
        return key?.Signing is { } signing ? Convert.ToBase64String(signing.PublicKey) : null;
    }

    /// <summary>Finds who wrote the release's commit.</summary>
    internal CommitAuthors Authors => field ??= new CommitAuthors(StatedAuthors(), host.ContentRootPath, time);

    private List<string> StatedAuthors() =>
        [
            .. (AppAssembly.Of(host.ApplicationName)?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [])
                .Where(static metadata => metadata.Key == CommitAuthors.Metadata)
                .Select(static metadata => metadata.Value)
                .Append(configuration[CommitAuthors.Setting])
                .OfType<string>(),
        ];
}
