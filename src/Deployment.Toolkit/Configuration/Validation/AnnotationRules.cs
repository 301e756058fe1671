using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Deployment.Toolkit.Configuration.Binding;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Configuration.Validation;

/// <summary>Runs data annotations over options and everything in them; .NET's own validation looks at the outermost object alone.</summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class AnnotationRules(EffectiveConfiguration configuration, BindingFaults faults, IServiceProvider services, Func<string, bool> isExempt)
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);

    internal void Check(object options, string section)
    {
        if (!_seen.Add(options)) return;

        foreach (var member in OptionsShape.Of(options.GetType()).Members.Where(static member => member.Property is not null))
        {
            var key = Combine(section, member.Key);
            if (isExempt(key)) continue;

            CheckMember(options, member, key);
        }

        CheckWhole(options, section);
    }

    private void CheckMember(object options, OptionsMember member, string key)
    {
        object? value;
        try
        {
            value = member.Property!.GetValue(options);
        }
        catch (TargetInvocationException)
        {
            // A computed member that fails has no value to judge; whatever it is computed from has its own rules.
            return;
        }

        foreach (var rule in member.Property!.GetCustomAttributes<ValidationAttribute>(inherit: true))
        {
            var context = new ValidationContext(options, services, null) { MemberName = member.Name, DisplayName = member.Key };
            if (rule.GetValidationResult(value is Secret secret ? secret.Reveal() : value, context) is not { } result) continue;

            var node = configuration.Root.Find(key);
            if (rule is RequiredAttribute && node is null) faults.Missing(key, null, LayerMask.All, member.Type == typeof(Secret) || SecretNames.Match(member.Key));
            else faults.Rule(key, node, result.ErrorMessage ?? rule.FormatErrorMessage(member.Key));
        }

        if (value is not null) Descend(value, member.Type, key);
    }

    private void Descend(object value, Type type, string key)
    {
        if (ScalarReader.IsScalar(value.GetType())) return;

        if (CollectionShape.Of(type) is not { } shape)
        {
            Check(value, key);
            return;
        }

        if (ScalarReader.IsScalar(shape.Element)) return;

        var index = 0;
        foreach (var item in (IEnumerable)value)
        {
            var (name, element) = shape.Key is null ? (index.ToString(CultureInfo.InvariantCulture), item) : Pair(item);
            if (element is not null) Descend(element, shape.Element, ConfigurationPath.Combine(key, name));
            index++;
        }
    }

    private void CheckWhole(object options, string section)
    {
        var context = new ValidationContext(options, services, null);
        foreach (var rule in options.GetType().GetCustomAttributes<ValidationAttribute>(inherit: true))
        {
            if (rule.GetValidationResult(options, context) is { } result) Report(options, section, result);
        }

        if (options is not IValidatableObject own) return;

        foreach (var result in own.Validate(context).Where(static result => result != ValidationResult.Success)) Report(options, section, result);
    }

    private void Report(object options, string section, ValidationResult result)
    {
        var member = result.MemberNames.FirstOrDefault() ?? "";
        var key = MemberPath.KeyOf(options.GetType(), section, member);
        if (!isExempt(key)) faults.Rule(key, configuration.Root.Find(key), result.ErrorMessage ?? "is not valid");
    }

    private static (string Name, object? Value) Pair(object pair)
    {
        var type = pair.GetType();
        var key = Convert.ToString(type.GetProperty("Key")!.GetValue(pair), CultureInfo.InvariantCulture)!;
        return (key, type.GetProperty("Value")!.GetValue(pair));
    }

    private static string Combine(string parent, string name) => parent.Length == 0 ? name : ConfigurationPath.Combine(parent, name);
}
