using Microsoft.Extensions.Options;

namespace Deployment.Toolkit.Health;

/// <summary>Policies begin with what was said without a name, which .NET's own options would give to nobody.</summary>
internal sealed class HealthCheckPolicyFactory(
    IEnumerable<IConfigureOptions<HealthCheckPolicy>> setups,
    IEnumerable<IPostConfigureOptions<HealthCheckPolicy>> later,
    IEnumerable<IValidateOptions<HealthCheckPolicy>> validations
) : OptionsFactory<HealthCheckPolicy>(setups, later, validations)
{
    protected override HealthCheckPolicy CreateInstance(string name) =>
        name.Length == 0 ? base.CreateInstance(name) : Create(Microsoft.Extensions.Options.Options.DefaultName);
}
