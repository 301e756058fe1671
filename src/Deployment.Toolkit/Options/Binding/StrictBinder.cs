using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Deployment.Toolkit.Diagnostics;
using Deployment.Toolkit.Secrecy;
using Deployment.Toolkit.Settings.Effective;
using Microsoft.Extensions.Configuration;

namespace Deployment.Toolkit.Options.Binding;

/// <summary>
/// Makes options of a configuration and reports everything that does not fit, where .NET's binder stops at the first fault or drops what
/// it doesn't understand. What could not be bound keeps the type's default, so that the rest can be looked at too.
/// </summary>
[RequiresUnreferencedCode("Binds by reflection.")]
[RequiresDynamicCode("Makes collections by reflection.")]
internal sealed partial class StrictBinder(
    EffectiveConfiguration configuration,
    BindingFaults faults,
    Func<SecretReference, string, SecretLookup> secrets,
    Action<Secret> issue,
    Func<string, bool> isKnownElsewhere,
    Func<string, SingleOrManyAttribute?> lists
)
{
    // Deeper than any settings and far from the end of the stack: a type that contains itself can be configured to any depth.
    private const int DeepestLevel = 64;

    private readonly CollectionBinder _collections = new(configuration, faults, lists);
    private readonly HashSet<Type> _defaults = [];
    private int _level;

    /// <summary>Binds a section, present or not.</summary>
    internal object? Bind(Type type, string section)
    {
        var node = section.Length == 0 ? configuration.Root : configuration.Root.Find(section);
        return BindObject(type, section, node, LayerMask.All, null, canReplace: true, isElement: true);
    }

    internal object? BindNode(
        Type type,
        string key,
        ConfigurationNode node,
        LayerMask mask,
        object? existing,
        OptionsMember? member,
        bool canReplace,
        bool isElement = false
    )
    {
        if (typeof(IConfiguration).IsAssignableFrom(type))
        {
            faults.Misplaced(
                key,
                node,
                mask,
                "is bound to IConfiguration, which holds no values of this moment. Give the member a type of its own"
            );
            return null;
        }

        if (_level >= DeepestLevel)
        {
            faults.Misplaced(key, node, mask, $"lies deeper than {DeepestLevel} levels. Flatten it");
            return existing;
        }

        _level++;
        try
        {
            if (CollectionOf(type, node, mask) is { } collection)
                return _collections.Bind(this, collection, key, node, mask, existing, member, canReplace);
            return ScalarReader.IsScalar(type)
                ? BindScalar(type, key, node, mask, existing)
                : BindObject(type, key, node, mask, existing, canReplace, isElement);
        }
        finally
        {
            _level--;
        }
    }

    // Bytes are a text in Base64, or a list of numbers.
    private static CollectionShape? CollectionOf(Type type, ConfigurationNode node, LayerMask mask) =>
        type == typeof(byte[])
        && !(node.ChildLayers & mask).IsEmpty
        && (node.Top(mask) is not { } top || !(node.ChildLayers & mask & LayerMask.From(top.Layer)).IsEmpty)
            ? new CollectionShape(type, typeof(byte), null)
            : CollectionShape.Of(type);

    private object? BindScalar(Type type, string key, ConfigurationNode node, LayerMask mask, object? existing)
    {
        if (node.Top(mask) is not { } top || !(node.ChildLayers & LayerMask.From(top.Layer) & mask).IsEmpty)
        {
            faults.Misplaced(
                key,
                node,
                mask,
                $"has keys below it and is a single value ({TypeName.Of(type)}). Write the value at the key itself"
            );
            return existing;
        }

        if (top.Value.Value is not { } text)
        {
            if (!type.IsValueType || Nullable.GetUnderlyingType(type) is not null)
                return null;

            faults.Misplaced(key, node, mask, $"is null, and {TypeName.Of(type)} takes no null. Give it a value or remove the key");
            return existing;
        }

        if (SecretText.HasReference(text) && !Resolve(key, node, mask, ref text))
            return existing;
        if (ScalarReader.TryRead(type, text, out var value, out var code, out var rule))
            return value;

        faults.Invalid(key, node, mask, type, text, code, rule);
        return existing;
    }

    private bool Resolve(string key, ConfigurationNode node, LayerMask mask, ref string text)
    {
        if (!SecretReference.IsReference(text) && SecretText.ReferencesIn(text).Count > 0)
        {
            if (SecretText.Compose(text, reference => Find(reference, key, node, mask)) is not { } composed)
                return false;

            faults.Learn(composed);
            issue(new Secret(composed));
            text = composed;
            return true;
        }

        if (!SecretReference.TryParse(text, out var whole))
        {
            faults.Secret(
                key,
                node,
                mask,
                Codes.SecretReferenceInvalid,
                "begins like a reference to a secret and is none. Write secret://name or secret://name@version, names of letters, "
                    + "digits, '-', '_' and '.'."
            );
            return false;
        }

        if (Find(whole, key, node, mask) is not { } value)
            return false;

        text = value;
        return true;
    }

    private string? Find(SecretReference reference, string key, ConfigurationNode node, LayerMask mask)
    {
        var found = secrets(reference, key);
        if (found.Value?.Reveal() is { } value)
        {
            faults.Learn(value);
            return value;
        }

        if (found.Fault is { } fault)
            faults.Secret(key, node, mask, Codes.SecretUnavailable, $"refers to secret '{reference.Name}', which {fault}");
        return null;
    }

    private object? BindObject(
        Type declared,
        string key,
        ConfigurationNode? node,
        LayerMask mask,
        object? existing,
        bool canReplace,
        bool isElement
    )
    {
        var isNullable = IsNullable(declared);
        declared = Nullable.GetUnderlyingType(declared) ?? declared;
        if (node is not null)
            mask = AboveNull(node, mask);
        var isSet = node is not null && !(node.ChildLayers & mask).IsEmpty;
        if (node?.Top(mask) is { } top && key.Length > 0)
        {
            // A value in one layer and keys in another is no less a slip: the value binds nothing.
            if (top.Value.Value is { Length: > 0 })
            {
                faults.Misplaced(
                    key,
                    node,
                    LayerMask.Of(top.Layer),
                    $"is a single value and holds the keys of {TypeName.Of(declared)}. Write those keys below it"
                );
                if (!isSet)
                    return existing;
            }

            if (!isSet && IsNull(node, mask) && !isElement)
            {
                if (isNullable)
                    return null;

                faults.Misplaced(key, node, mask, $"is null, and {TypeName.Of(declared)} takes no null. Give it a value or remove the key");
                return existing;
            }
        }

        var type = existing?.GetType() ?? declared;
        var shape = OptionsShape.Of(type);
        if (existing is null && shape.Constructor is null && !type.IsValueType)
        {
            if (node is not null)
                faults.Misplaced(
                    key,
                    node,
                    mask,
                    $"is bound to {TypeName.Of(type)}, which has no single public constructor. Give it one, or another type to the "
                        + $"member, or set it in code alone"
                );
            return null;
        }

        // What its constructor alone can set is made anew, from what it was and what the configuration says.
        var source = existing;
        if (
            existing is not null
            && canReplace
            && shape.Constructor is { } own
            && own.GetParameters().Length > 0
            && shape.Members.Any(member => member.Parameter is not null && !member.CanSet && Present(node, member, mask) is not null)
        )
        {
            if (type.IsValueType && existing.Equals(DefaultOf(type)))
                source = null;
            existing = null;
        }

        var unset = new HashSet<OptionsMember>();
        var arguments = existing is null ? Arguments(shape, key, node, mask, source, unset) : [];
        var isMade = existing is null;
        var instance = existing ?? Create(type, shape.Constructor, arguments, key, node, mask, isWhole: unset.Count == 0);
        if (instance is not null)
        {
            if (isMade && source is not null)
                Carry(source, instance, shape);
            if (isMade)
                SetAgain(instance, shape, arguments, key, node, mask);
            foreach (var member in shape.Members.Where(member => member.Parameter is null || !isMade))
                Fill(instance, member, key, node, mask, unset);
        }

        foreach (var member in shape.Members.Where(unset.Contains))
            faults.Missing(Key(key, member.Key), node, mask, IsSecret(member));
        if (node is not null)
            ReportUnknown(type, shape, key, node, mask);
        return instance;
    }

    private object?[] Arguments(
        OptionsShape shape,
        string key,
        ConfigurationNode? node,
        LayerMask mask,
        object? source,
        HashSet<OptionsMember> unset
    )
    {
        var parameters = shape.Constructor?.GetParameters() ?? [];
        var arguments = new object?[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var member = shape.Members.First(member => member.Parameter == parameters[i]);
            var before = source is not null && member.Property is not null ? Get(source, member) : null;
            var fallback = before ?? DefaultOf(parameters[i]) ?? DefaultOf(parameters[i].ParameterType);
            if (Present(node, member, mask) is { } child)
            {
                arguments[i] = BindNode(member.Type, Key(key, member.Key), child, mask, before, member, canReplace: true);
                // A null that the configuration says is one, whatever the default.
                if (arguments[i] is null && !(IsNull(child, mask) && IsNullable(member.Type)))
                    arguments[i] = fallback;
                continue;
            }

            if (member.IsRequired && source is null)
                unset.Add(member);
            arguments[i] = fallback;
        }

        return arguments;
    }

    private object? Create(
        Type type,
        ConstructorInfo? constructor,
        object?[] arguments,
        string key,
        ConfigurationNode? node,
        LayerMask mask,
        bool isWhole
    )
    {
        try
        {
            return constructor is null ? Activator.CreateInstance(type) : constructor.Invoke(arguments);
        }
        catch (Exception e)
            when (e
                    is TargetInvocationException
                        or MemberAccessException
                        or ArgumentException
                        or NotSupportedException
                        or InvalidOperationException
            )
        {
            if (isWhole)
                Refused(key, node, mask, e, $"A new {TypeName.Of(type)}");
            return null;
        }
    }

    // The type's own words may repeat the value that it refuses.
    private void Refused(string key, ConfigurationNode? node, LayerMask mask, Exception e, string subject)
    {
        if (node is null || faults.Concerns(key))
            return;

        var thrown = e is TargetInvocationException { InnerException: { } inner } ? inner : e;
        var reason = MayHoldSecret(node, mask) ? thrown.GetType().Name : $"{thrown.GetType().Name}: {thrown.Message.TrimEnd('.')}";
        faults.Misplaced(key, node, mask, $"was refused by the options type: {subject} throws {reason}. Correct the value");
    }

    private static bool MayHoldSecret(ConfigurationNode node, LayerMask mask) =>
        SecretNames.MayHold(node.Path)
        || SecretText.HasReference(node.Top(mask)?.Value.Value)
        || node.Children.Any(child => MayHoldSecret(child, mask));

    /// <summary>Whether the configuration says null here, and not an object or list without anything in it.</summary>
    private bool IsNull(ConfigurationNode node, LayerMask mask) =>
        node.Top(mask) is { Value.Value: null } top
        && (node.ChildLayers & mask & LayerMask.From(top.Layer)).IsEmpty
        && configuration.Container(top.Layer, node.Path) is null;

    private static bool IsNullable(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    /// <summary>The layers above the last one that says null here: null clears what weaker layers say.</summary>
    private LayerMask AboveNull(ConfigurationNode node, LayerMask mask)
    {
        for (var i = node.Occurrences.Count - 1; i >= 0; i--)
        {
            var occurrence = node.Occurrences[i];
            if (
                mask.Has(occurrence.Layer)
                && occurrence.Value.Value is null
                && configuration.Container(occurrence.Layer, node.Path) is null
                && node.Path.Length > 0
            )
                return mask & LayerMask.From(occurrence.Layer);
        }

        return mask;
    }

    private static string Key(string parent, string name) => parent.Length == 0 ? name : ConfigurationPath.Combine(parent, name);

    // A nullable enum's default is told as its number.
    private static object? DefaultOf(ParameterInfo parameter) =>
        !parameter.HasDefaultValue ? null
        : parameter.DefaultValue is { } value && Nullable.GetUnderlyingType(parameter.ParameterType) is { IsEnum: true } type
            ? Enum.ToObject(type, value)
        : parameter.DefaultValue;

    private static object? DefaultOf(Type type) => type.IsValueType ? Activator.CreateInstance(type) : null;
}
