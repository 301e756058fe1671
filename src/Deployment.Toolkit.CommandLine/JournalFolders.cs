using Deployment.Toolkit.CommandLine.Verbs;
using Deployment.Toolkit.Composition;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Monitoring;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.CommandLine;

/// <summary>
/// Says where a verb looked for the journal of another environment than the host's, when that one's own files name another folder.
/// </summary>
internal static class JournalFolders
{
    internal static IEnumerable<DeploymentMessage> Others(IServiceProvider services, DeploymentModel deployment, Verb verb, string? named)
    {
        if (
            deployment.Journal.IsDatabase
            || verb.Path is not ("status" or "history" or "verify-journal" or "journal export" or "evidence list")
        )
            return [];

        var (states, factory) = (services.GetRequiredService<ConfigurationStates>(), services.GetRequiredService<DeploymentPartsFactory>());
        return from environment in deployment.Environments.All
            where named is null ? verb.Path == "status" : environment == deployment.Environments.Find(named)
            let root = states.OtherRoot(environment)
            where root is not null
            select new DeploymentMessage(
                Codes.EnvironmentMismatch,
                $"The journal of '{environment.Name}' was looked for in '{factory.Root}', where this host has its own; its files name "
                    + $"'{root}'. "
                    + (
                        named is null
                            ? $"See 'deploy status --environment {environment.Name}'."
                            : "Pass args to CreateBuilder(args), so that the host is built for it, or name one folder for all in appsettings.json."
                    ),
                MessageSeverity.Information
            );
    }
}
