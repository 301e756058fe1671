using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Options;
using Deployment.Toolkit.Options.Binding;
using Deployment.Toolkit.Platform;
using Deployment.Toolkit.Secrecy;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Reference;

/// <summary>Describes the options that were registered, from their types, annotations and documentation.</summary>
[RequiresUnreferencedCode("Looks at the members of options types.")]
internal sealed class OptionsReference(XmlSummaries summaries)
{
    // A type that contains itself has no end, and two that contain each other have none twice as fast.
    private const int DeepestLevel = 12;
    private const int MostOfOneType = 2;
    private const int MostDescribed = 2_000;

    private readonly Dictionary<Type, int> _open = [];
    private int _described;

    internal OptionDescription Describe(OptionsRegistration registration)
    {
        var name = registration.Section[(registration.Section.LastIndexOf(':') + 1)..];
        _described = 0;
        return Describe(name, registration.Section, registration.Type, null, null, 0) with { Summary = summaries.Of(registration.Type) };
    }

    private bool IsEntered(Type type, int level) =>
        level < DeepestLevel
        && _described < MostDescribed
        && _open.GetValueOrDefault(type) < MostOfOneType
        && (level == 0 || !FrameworkTypes.Contains(type));

    private OptionDescription Describe(string name, string key, Type type, OptionsMember? member, object? value, int level)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? type;
        var collection = CollectionShape.Of(inner);
        var isScalar = collection is null && ScalarReader.IsScalar(inner);
        var isSecret =
            inner == typeof(Secret)
            || (isScalar && inner != typeof(bool) && inner != typeof(TimeSpan) && !inner.IsEnum && SecretNames.Of(key) != SecretName.None);
        return new OptionDescription(name, key, inner)
        {
            Member = member,
            Summary = member?.Property is { } property ? summaries.Of(property) : "",
            IsRequired =
                member is not null && (member.IsRequired || member.Property?.IsDefined(typeof(RequiredAttribute), inherit: true) == true),
            IsNullable = inner != type || IsNullable(member),
            IsSecret = isSecret,
            // A default may be an address with a password in it.
            Default = isScalar && !isSecret && SecretParts.Of(value?.ToString() ?? "").Count == 0 ? value : null,
            Collection = collection,
            Rules =
            [
                .. member?.Property?.GetCustomAttributes<ValidationAttribute>(inherit: true) ?? [],
                .. member?.Parameter?.GetCustomAttributes<ValidationAttribute>(inherit: true) ?? [],
            ],
            Element =
                collection is null || level >= DeepestLevel || _described >= MostDescribed
                    ? null
                    : Describe("*", ConfigurationPath.Combine(key, "*"), collection.Element, null, null, level + 1),
            Children = isScalar || collection is not null || !IsEntered(inner, level) ? [] : Members(inner, key, value, level),
        };
    }

    private List<OptionDescription> Members(Type type, string key, object? instance, int level)
    {
        instance ??= New(type);
        var open = _open.GetValueOrDefault(type);
        _open[type] = open + 1;
        var members = new List<OptionDescription>();
        foreach (var member in OptionsShape.Of(type).Members)
        {
            // A callback or a stream is set by code.
            if (IsSetByCode(member.Type))
                continue;

            _described++;
            members.Add(
                Describe(
                    member.Key,
                    ConfigurationPath.Combine(key, member.Key),
                    member.Type,
                    member,
                    DefaultOf(member, instance),
                    level + 1
                )
            );
        }

        _open[type] = open;
        return members;
    }

    private static bool IsSetByCode(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return !ScalarReader.IsScalar(type)
            && CollectionShape.Of(type) is null
            && FrameworkTypes.Contains(type)
            && OptionsShape.Of(type).Constructor is null;
    }

    private static object? DefaultOf(OptionsMember member, object? instance)
    {
        if (member.IsRequired)
            return null;
        if (member.Parameter is { HasDefaultValue: true } parameter)
            return parameter.DefaultValue;

        try
        {
            return instance is null ? null : member.Property?.GetValue(instance);
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }

    private static object? New(Type type)
    {
        try
        {
            return
                type is { IsAbstract: false, IsInterface: false } && (type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not null)
                ? Activator.CreateInstance(type)
                : null;
        }
        catch (TargetInvocationException)
        {
            return null;
        }
    }

    private static bool IsNullable(OptionsMember? member) =>
        member?.Property is { PropertyType.IsValueType: false } property
        && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
}
