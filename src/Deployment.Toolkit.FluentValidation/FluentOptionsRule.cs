using System.Diagnostics.CodeAnalysis;
using FluentValidation;
using Microsoft.Extensions.DependencyInjection;

namespace Deployment.Toolkit.FluentValidation;

/// <summary>Asks a validator and reports what it finds.</summary>
internal sealed class FluentOptionsRule<
    TOptions,
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TValidator
>(IServiceScopeFactory scopes) : IOptionsRule<TOptions>
    where TOptions : class
    where TValidator : class, IValidator<TOptions>
{
    public void Check(OptionsRuleContext<TOptions> context)
    {
        using var scope = scopes.CreateScope();
        var validator = ActivatorUtilities.GetServiceOrCreateInstance<TValidator>(scope.ServiceProvider);
        foreach (var failure in validator.Validate(EnvironmentRules.For(context.Options, context.Environment)).Errors)
        {
            context.Report(
                failure.PropertyName ?? "",
                failure.ErrorMessage,
                failure.Severity switch
                {
                    Severity.Warning => MessageSeverity.Warning,
                    Severity.Info => MessageSeverity.Information,
                    _ => MessageSeverity.Error,
                }
            );
        }
    }
}
