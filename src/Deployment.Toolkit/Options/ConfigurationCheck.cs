using Deployment.Toolkit.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Options;

/// <summary>
/// Looks at the whole configuration: the sections that are bound strictly, and what the app registered with <c>ValidateOnStart</c>.
/// </summary>
internal static class ConfigurationCheck
{
    internal static IReadOnlyList<DeploymentMessage> Errors(IServiceProvider services) =>
        [.. Run(services).Where(static fault => fault.Severity == MessageSeverity.Error)];

    internal static IReadOnlyList<DeploymentMessage> Run(IServiceProvider services)
    {
        return [.. services.GetRequiredService<ConfigurationStore>().Check(ConfigurationPhase.Deploy), .. Registered(services)];
    }

    /// <summary>What the app registered with <c>ValidateOnStart</c>.</summary>
    internal static IReadOnlyList<DeploymentMessage> Registered(IServiceProvider services)
    {
        var faults = new List<DeploymentMessage>();
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException e)
        {
            Add(faults, e);
        }
        catch (AggregateException e)
        {
            foreach (var inner in e.Flatten().InnerExceptions)
                Add(faults, inner);
        }
        catch (InvalidOperationException e)
        {
            Add(faults, e);
        }

        return faults;
    }

    private static void Add(List<DeploymentMessage> faults, Exception exception)
    {
        if (exception is OptionsValidationException validation)
        {
            foreach (var failure in validation.Failures)
                faults.Add(
                    Fault(
                        $"Options {validation.OptionsType.Name} are not valid: {failure.TrimEnd('.')}. Correct the value in the "
                            + $"environment's configuration."
                    )
                );
            return;
        }

        // The binder stands in its own way here: it stops at the first value that it cannot convert.
        var reason = exception.InnerException is { } inner ? $"{exception.Message.TrimEnd('.')}: {inner.Message}" : exception.Message;
        faults.Add(
            Fault($"Configuration cannot be bound: {reason.TrimEnd('.')}. Correct the value or the key in the environment's configuration.")
        );
    }

    private static DeploymentMessage Fault(string text) => new(Codes.ConfigurationInvalid, text);
}
