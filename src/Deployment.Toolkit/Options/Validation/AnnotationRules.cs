using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Validation;

/// <summary>
/// Runs data annotations over options and everything of the app in them; .NET's own validation looks at the outermost object alone.
/// A getter may make what it gives, so that there is always more to look at: what nothing configures is looked into for a few levels.
/// </summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class AnnotationRules(
    EffectiveConfiguration configuration,
    BindingFaults faults,
    IServiceProvider services,
    Func<string, bool> isExempt
)
{
    private const int MostObjects = 100_000;

    // How often a type may contain itself below what is configured.
    private const int MostOfOneType = 3;

    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Type, int> _open = [];
    private int _objects;
    private int _elements;

    private bool IsFull => _objects >= MostObjects || _elements >= MostObjects;

    internal void Check(object options, string section)
    {
        Look(options, section);
        if (IsFull)
        {
            faults.Rule(
                section,
                configuration.Root.Find(section),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{options.GetType().Name} holds more than {MostObjects} objects, and rules were asked of so many; a getter or a "
                        + $"list that makes objects without an end should be a method"
                ),
                MessageSeverity.Warning
            );
        }
    }

    private void Look(object options, string section)
    {
        if (IsFull)
            return;

        _objects++;
        var type = options.GetType();
        if (!type.IsValueType && !_seen.Add(options))
            return;

        var isPassed = true;
        foreach (var member in JudgedMember.Of(type))
        {
            var key = Combine(section, member.Key);
            if (isExempt(key))
                continue;

            isPassed &= LookAt(options, member, key);
        }

        // As .NET does it: each looks only at what the ones before have passed.
        if (isPassed && LookAtWhole(options, type, section) && options is IValidatableObject own)
            Ask(own, section);
    }

    private bool LookAt(object options, JudgedMember member, string key)
    {
        if (!TryGet(options, member, out var value))
            return true;

        var isPassed = true;
        foreach (var rule in member.Rules)
        {
            var context = new ValidationContext(options, services, null) { MemberName = member.Property.Name, DisplayName = member.Key };
            if (!TryJudge(rule, value is Secret secret ? secret.Reveal() : value, context, key, out var result))
                isPassed = false;
            if (result is null)
                continue;

            isPassed = false;
            var node = configuration.Root.Find(key);
            if (rule is RequiredAttribute && node is null)
                faults.Missing(key, null, LayerMask.All, member.Property.PropertyType == typeof(Secret) || SecretNames.Match(member.Key));
            else
                faults.Rule(key, node, result.ErrorMessage ?? rule.FormatErrorMessage(member.Key));

            // What is required and not there has nothing that the other rules could judge.
            if (rule is RequiredAttribute)
                break;
        }

        if (value is not null)
            Descend(value, member.Property.PropertyType, key);
        return isPassed;
    }

    private static bool TryGet(object options, JudgedMember member, out object? value)
    {
        value = null;
        try
        {
            value = member.Property.GetValue(options);
            return true;
        }
        catch (TargetInvocationException)
        {
            // A computed member that fails has no value to judge; whatever it is computed from has its own rules.
            return false;
        }
    }

    private void Descend(object value, Type declared, string key)
    {
        var type = value.GetType();
        if (ScalarReader.IsScalar(type))
            return;

        var shape = CollectionShape.Of(declared) ?? CollectionShape.Of(type);
        if (shape is null)
        {
            if (!FrameworkTypes.Contains(type))
                Enter(value, type, key);
            return;
        }

        if (!IsWorthLooking(shape.Element))
            return;

        try
        {
            LookThrough((IEnumerable)value, shape, key);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // A default ImmutableArray, a list that changes meanwhile, an iterator of the app's own.
            if (configuration.Root.Find(key) is not null)
                faults.Failed(key, $"the collection {type.Name}", e);
        }
    }

    private void LookThrough(IEnumerable items, CollectionShape shape, string key)
    {
        var index = 0;
        foreach (var item in items)
        {
            if (IsFull)
                return;

            _elements++;
            var (name, element) = shape.Key is null ? (index.ToString(CultureInfo.InvariantCulture), item) : Pair(item);
            if (element is not null)
                Descend(element, shape.Element, ConfigurationPath.Combine(key, name));
            index++;
        }
    }

    private void Enter(object value, Type type, string key)
    {
        if (configuration.Root.Find(key) is not null)
        {
            Look(value, key);
            return;
        }

        var open = _open.GetValueOrDefault(type);
        if (open >= MostOfOneType)
            return;

        _open[type] = open + 1;
        Look(value, key);
        _open[type] = open;
    }

    private bool LookAtWhole(object options, Type type, string section)
    {
        var isPassed = true;
        foreach (var rule in type.GetCustomAttributes<ValidationAttribute>(inherit: true))
        {
            if (!TryJudge(rule, options, new ValidationContext(options, services, null), section, out var result))
                isPassed = false;
            if (result is null)
                continue;

            isPassed = false;
            Report(type, section, result);
        }

        return isPassed;
    }

    private void Ask(IValidatableObject options, string section)
    {
        try
        {
            foreach (var result in options.Validate(new ValidationContext(options, services, null)) ?? [])
            {
                if (result is not null && result != ValidationResult.Success)
                    Report(options.GetType(), section, result);
            }
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (!faults.HasGaps)
                faults.Failed(section, $"{options.GetType().Name}.Validate", e);
        }
    }

    private bool TryJudge(ValidationAttribute rule, object? value, ValidationContext context, string key, out ValidationResult? result)
    {
        try
        {
            result = rule.GetValidationResult(value, context);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            result = null;
            faults.Failed(key, $"the rule {rule.GetType().Name}", e);
            return false;
        }
    }

    private void Report(Type type, string section, ValidationResult result)
    {
        var member = result.MemberNames?.FirstOrDefault() ?? "";
        var key = MemberPath.KeyOf(type, section, member);
        if (!isExempt(key))
            faults.Rule(key, configuration.Root.Find(key), result.ErrorMessage ?? "is not valid");
    }

    // An element may be of a type that the list does not name: of an interface, or of object.
    private static bool IsWorthLooking(Type element) =>
        element.IsInterface
        || element == typeof(object)
        || CollectionShape.Of(element) is not null
        || (!ScalarReader.IsScalar(element) && (!element.IsSealed || !FrameworkTypes.Contains(element)));

    private static (string Name, object? Value) Pair(object pair)
    {
        var type = pair.GetType();
        var key = Convert.ToString(type.GetProperty("Key")!.GetValue(pair), CultureInfo.InvariantCulture)!;
        return (key, type.GetProperty("Value")!.GetValue(pair));
    }

    private static string Combine(string parent, string name) => parent.Length == 0 ? name : ConfigurationPath.Combine(parent, name);
}
