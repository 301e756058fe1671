using Deployment.Toolkit.Secrets;
using Deployment.Toolkit.Secrets.Masking;
using Deployment.Toolkit.Secrets.Sealing;
using Deployment.Toolkit.Secrets.Sources;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deployment.Toolkit.Composition;

/// <summary>
/// Puts the sources of secrets into their order: variables, mounted files, the sealed file, user secrets, then those of packages and the
/// app.
/// </summary>
internal static class SecretSources
{
    internal static SecretResolver Create(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var host = services.GetRequiredService<IHostEnvironment>();
        var environments = services.GetRequiredService<DeploymentModel>().Environments;
        var folder = MountedFolder(services);
        var takesEmpty = bool.TryParse(configuration[EnvironmentSecretSource.TakesEmptyKey], out var isAllowed) && isAllowed;
        var sealedFile = services.GetService<SealedSecretSource>();
        var logger = MaskingLogger.Of<SecretResolver>(services);
        var options = services.GetRequiredService<DeploymentModel>().Sealed;
        List<SecretSourceSlot> builtIn = [new(new EnvironmentSecretSource(takesEmpty)), new(new MountedSecretSource(folder, takesEmpty))];
        if (sealedFile is not null)
            builtIn.Add(new SecretSourceSlot(sealedFile, failure => options.AllowFallback && SealedSecretSource.IsOutOfReach(failure)));
        builtIn.Add(new SecretSourceSlot(new UserSecretSource(configuration)));
        return new SecretResolver(
            [.. builtIn, .. Own(services).Select(registration => new SecretSourceSlot(registration, services, logger))],
            () => environments.Find(host.EnvironmentName) ?? new DeploymentEnvironment(host.EnvironmentName),
            services.GetRequiredService<IssuedSecrets>(),
            services.GetRequiredService<TimeProvider>(),
            logger
        );
    }

    // What was put among the services by hand counts too; how many those are is not known before they are made.
    private static IEnumerable<SecretSourceRegistration> Own(IServiceProvider services)
    {
        var model = services.GetRequiredService<DeploymentModel>();
        foreach (var registration in model.SecretSources)
            yield return registration;
        var byHand = model.ServicesOf(typeof(ISecretSource));
        for (var i = 0; i < byHand.Count; i++)
        {
            var index = i;
            yield return new SecretSourceRegistration(
                byHand[i],
                own => new SharedSource(own.GetServices<ISecretSource>().ElementAt(index)),
                new SecretSourceOptions()
            );
        }
    }

    // The container disposes what it made.
    private sealed class SharedSource(ISecretSource source) : ISecretSource
    {
        public string Name => source.Name;

        public ValueTask<SecretValue?> FindAsync(SecretRequest request, CancellationToken cancellationToken) =>
            source.FindAsync(request, cancellationToken);
    }

    internal static string MountedFolder(IServiceProvider services) =>
        services.GetRequiredService<IConfiguration>()[MountedSecretSource.FolderKey] is { Length: > 0 } path
            ? Path.GetFullPath(path, services.GetRequiredService<IHostEnvironment>().ContentRootPath)
            : MountedSecretSource.DefaultFolder;
}
