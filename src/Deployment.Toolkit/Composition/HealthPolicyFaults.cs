using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Composition;

/// <summary>Policies that concern no check, and dependencies that lead nowhere or in a circle.</summary>
internal static class HealthPolicyFaults
{
    internal static IEnumerable<DeploymentMessage> Of(IReadOnlyList<HealthCheckRegistration> checks, IServiceProvider services)
    {
        var names = checks
            .Select(static check => check.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Order(StringComparer.Ordinal)
            .ToList();
        var configured = services
            .GetServices<IConfigureOptions<HealthCheckPolicy>>()
            .OfType<ConfigureNamedOptions<HealthCheckPolicy>>()
            .Select(static setup => setup.Name)
            .OfType<string>()
            .Where(static name => name.Length > 0)
            .Distinct(StringComparer.Ordinal);
        // Options' names are told apart by case, checks' are not.
        foreach (var name in configured.Where(name => !names.Contains(name, StringComparer.Ordinal)))
            yield return Fault(
                $"A policy is configured for health check '{name}', and none is registered under that name.{Suggestion.Sentence(name, names)} "
                    + $"Correct the name in Configure<HealthCheckPolicy>(\"{name}\", …), or register the check in AddHealthChecks()."
            );

        var policies = services.GetRequiredService<IOptionsMonitor<HealthCheckPolicy>>();
        var dependencies = names.ToDictionary(static name => name, name => policies.Get(name).DependsOn, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, needed) in dependencies)
        {
            foreach (var other in needed.Where(other => !dependencies.ContainsKey(other)))
                yield return Fault(
                    $"Health check '{name}' depends on '{other}', and no check is registered under that name.{Suggestion.Sentence(other, names)} "
                        + $"Correct DependsOn in Configure<HealthCheckPolicy>(\"{name}\", …)."
                );
            if (LeadsBack(name, dependencies))
                yield return Fault(
                    $"Health check '{name}' depends on itself, through {string.Join(", ", needed.Select(static other => $"'{other}'"))}: none "
                        + $"of them could be the cause. Correct DependsOn in Configure<HealthCheckPolicy>(\"{name}\", …)."
                );
        }
    }

    private static bool LeadsBack(string name, Dictionary<string, ISet<string>> dependencies)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var next = new Queue<string>(dependencies[name]);
        while (next.TryDequeue(out var one))
        {
            if (one.Equals(name, StringComparison.OrdinalIgnoreCase))
                return true;
            foreach (var other in seen.Add(one) ? dependencies.GetValueOrDefault(one) ?? Enumerable.Empty<string>() : [])
                next.Enqueue(other);
        }

        return false;
    }

    private static DeploymentMessage Fault(string text) => new(Codes.RegistrationInvalid, text);
}
